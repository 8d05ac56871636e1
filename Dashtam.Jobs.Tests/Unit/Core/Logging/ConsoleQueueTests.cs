using System.Diagnostics;
using Dashtam.Jobs.Core.Logging;
using NUnit.Framework;
using Serilog;
using Serilog.Core;
using Serilog.Events;

namespace Dashtam.Jobs.Tests.Unit.Core.Logging;

[Category("Unit")]
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal sealed class ConsoleQueueTests : IDisposable
{
    private readonly StallingSink _reader = new();
    private readonly ConsoleQueue _queue;
    private readonly Logger _log;

    public ConsoleQueueTests()
    {
        _queue = new ConsoleQueue(Logger(_reader));
        _log = Logger(_queue);
    }

    public void Dispose()
    {
        _reader.Go();
        _log.Dispose();
        _queue.Dispose();
        _reader.Dispose();
    }

    [Test]
    public void All_lines_are_written_in_their_order_before_the_end()
    {
        _reader.Go();
        for (var number = 0; number < 1_000; number++)
        {
            _log.Debug("line {Number}", number);
        }

        _queue.Dispose();

        Assert.That(_reader.Lines, Is.EqualTo(Enumerable.Range(0, 1_000).Select(number => $"line {number}")));
    }

    [Test]
    public void Nobody_waits_for_a_reader_that_stalls_and_it_is_told_afterwards_how_much_was_lost()
    {
        var lines = ConsoleQueue.Room + 1_000;
        for (var number = 0; number < lines; number++)
        {
            _log.Information("line {Number}", number);
        }

        _reader.Go();
        _queue.Dispose();

        var written = _reader.Lines.Count(line => line.StartsWith("line", StringComparison.Ordinal));
        Assert.That(written, Is.InRange(ConsoleQueue.Room, ConsoleQueue.Room + 1), "what there was room for, and the one in the writer's hand");
        Assert.That(_reader.Lines[^1], Does.StartWith($"{lines - written} log lines were dropped"));
    }

    [Test]
    public void The_end_does_not_wait_for_a_reader_that_stalls()
    {
        using var queue = new ConsoleQueue(Logger(_reader), patience: TimeSpan.FromMilliseconds(50));
        using var log = Logger(queue);
        log.Information("said");
        var clock = Stopwatch.StartNew();

        queue.Dispose();

        Assert.That(clock.Elapsed, Is.LessThan(TimeSpan.FromSeconds(30)), "50 ms, on a machine that has time");
        Assert.That(() => log.Information("said after the end"), Throws.Nothing);
    }

    private static Logger Logger(ILogEventSink sink) =>
        new LoggerConfiguration().MinimumLevel.Verbose().WriteTo.Sink(sink).CreateLogger();

    private sealed class StallingSink : ILogEventSink, IDisposable
    {
        private readonly ManualResetEventSlim _reads = new();
        private readonly List<string> _lines = [];

        public List<string> Lines
        {
            get
            {
                lock (_lines)
                {
                    return [.. _lines];
                }
            }
        }

        public void Go() => _reads.Set();

        public void Emit(LogEvent logEvent)
        {
            _reads.Wait();
            lock (_lines)
            {
                _lines.Add(logEvent.RenderMessage(System.Globalization.CultureInfo.InvariantCulture));
            }
        }

        // The queue may have left a writer behind that waits on it.
        public void Dispose() => _reads.Set();
    }
}
