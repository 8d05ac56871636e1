using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Serilog.Core;
using Serilog.Events;
using Serilog.Extensions.Logging;

namespace Dashtam.Jobs.Core.Logging;

/// <summary>
/// Stands before the console, so that nobody waits for it: standard output may be a pipe that nobody reads, and then a write
/// never returns. Lines are kept for a reader that stalls, as many as there is room for; later ones are dropped and counted. The log
/// says so before the next line that is written, every ten seconds while lines are dropped, and when all that waited is written.
/// </summary>
/// <remarks>
/// Serilog.Sinks.Async does the same, but waits at its end until all is written, without a limit: the process could not stop.
/// </remarks>
internal sealed partial class ConsoleQueue : ILogEventSink, IDisposable
{
    /// <summary>Lines that wait at most; a few megabytes.</summary>
    internal const int Room = 8_192;

    private static readonly TimeSpan UsualPatience = TimeSpan.FromSeconds(2);

    /// <summary>While lines are dropped, the log says so as often: a reader that is always too slow never empties the queue.</summary>
    internal static readonly TimeSpan TellInterval = TimeSpan.FromSeconds(10);

    private readonly BlockingCollection<LogEvent> _waiting = new(Room);
    private readonly Logger _console;
    private readonly SerilogLoggerFactory _own;
    private readonly Thread _writer;
    private readonly TimeSpan _patience;
    private readonly TimeProvider _time;
    private long _dropped;
    private long? _toldAt;
    private int _disposed;

    /// <param name="console">Where lines go. Disposed of with the queue.</param>
    /// <param name="time">Says how long ago dropped lines were told of.</param>
    /// <param name="patience">How long the end of the process waits for the lines that are left; null: two seconds.</param>
    public ConsoleQueue(Logger console, TimeProvider time, TimeSpan? patience = null)
    {
        _console = console;
        _time = time;
        _patience = patience ?? UsualPatience;
        _own = new SerilogLoggerFactory(console);
        _writer = new Thread(Write) { IsBackground = true, Name = "log" };
        _writer.Start();
        AppDomain.CurrentDomain.UnhandledException += WriteWhatIsLeft;
    }

    /// <summary>Puts a line in; never waits.</summary>
    public void Emit(LogEvent logEvent)
    {
        try
        {
            if (_waiting.TryAdd(logEvent))
            {
                return;
            }
        }
        catch (Exception error) when (error is InvalidOperationException or ObjectDisposedException)
        {
            return; // said after the end
        }

        Interlocked.Increment(ref _dropped);
    }

    /// <summary>Writes what waits, for as long as it is worth it; a console that does not take it is left behind.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
        {
            return;
        }

        AppDomain.CurrentDomain.UnhandledException -= WriteWhatIsLeft;
        _waiting.CompleteAdding();
        if (_writer.Join(_patience))
        {
            _own.Dispose();
            _console.Dispose();
            _waiting.Dispose();
        }
    }

    // The process dies: this is the last chance of the lines that say why.
    private void WriteWhatIsLeft(object sender, UnhandledExceptionEventArgs error)
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 0)
        {
            _waiting.CompleteAdding();
            _writer.Join(_patience);
        }
    }

    private void Write()
    {
        var log = _own.CreateLogger("log");
        foreach (var logEvent in _waiting.GetConsumingEnumerable())
        {
            // At the end before all else: there may be no time for every line that waits.
            if (_waiting.IsAddingCompleted || _toldAt is not { } told || _time.GetElapsedTime(told) >= TellInterval)
            {
                TellDropped(log);
            }

            _console.Write(logEvent); // what fails in there is Serilog's own business, and comes out as nothing
            if (_waiting.Count == 0)
            {
                TellDropped(log);
            }
        }

        TellDropped(log);
    }

    private void TellDropped(Microsoft.Extensions.Logging.ILogger log)
    {
        if (Interlocked.Exchange(ref _dropped, 0) is > 0 and var dropped)
        {
            _toldAt = _time.GetTimestamp();
            LogDropped(log, dropped);
        }
    }

    [LoggerMessage(EventName = "log_lines_dropped", Level = LogLevel.Warning,
        Message = "Dropped log lines, because standard output is read too slowly (lines dropped: {Dropped}). Jobs "
            + "were not held up. Check what reads standard output: Docker's log driver, a pipe, a terminal that is "
            + "held")]
    private static partial void LogDropped(Microsoft.Extensions.Logging.ILogger logger, long dropped);
}
