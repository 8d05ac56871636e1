using System.Diagnostics;
using Dashtam.Jobs.Core.Logging;
using Dashtam.Jobs.Tests.Support;
using Microsoft.Extensions.Time.Testing;
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
    private readonly FakeTimeProvider _time = new();
    private readonly ConsoleQueue _queue;
    private readonly Logger _log;

    public ConsoleQueueTests()
        : this(patience: null)
    {
    }

    private ConsoleQueueTests(TimeSpan? patience)
    {
        _queue = new ConsoleQueue(new LoggerConfiguration().MinimumLevel.Verbose().WriteTo.Sink(_reader).CreateLogger(), _time, patience);
        _log = new LoggerConfiguration().MinimumLevel.Verbose().WriteTo.Sink(_queue).CreateLogger();
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
        Assert.That(_reader.Lines.Count(IsGap), Is.EqualTo(1));
        Assert.That(_reader.Lines.Single(IsGap), Does.Contain($"(lines dropped: {lines - written})"));
    }

    [Test]
    public async Task A_reader_that_is_always_too_slow_is_told_every_ten_seconds_what_was_lost()
    {
        await FillAsync(beyond: 100);
        await ReadAsync(3); // line 0, the gap, line 1
        Log(2 + 50);
        await ReadAsync(5);

        Assert.That(_reader.Lines.Count(IsGap), Is.EqualTo(1), "it was told a moment ago");
        Assert.That(_reader.Lines[1], Does.Contain("(lines dropped: 100)"), "before the next line");

        _time.Advance(ConsoleQueue.TellInterval);
        await ReadAsync(3);

        Assert.That(_reader.Lines[^2], Does.Contain("(lines dropped: 50)"));
    }

    [Test]
    public async Task The_end_does_not_wait_for_a_reader_that_stalls_and_what_was_lost_is_the_first_thing_written_then()
    {
        using var hasty = new ConsoleQueueTests(patience: TimeSpan.FromMilliseconds(50));
        await hasty.FillAsync(beyond: 100);
        await hasty.ReadAsync(3);
        hasty.Log(2 + 50);
        var clock = Stopwatch.StartNew();

        hasty._queue.Dispose();

        Assert.That(clock.Elapsed, Is.LessThan(TimeSpan.FromSeconds(30)), "50 ms, on a machine that has time");
        Assert.That(() => hasty._log.Information("said after the end"), Throws.Nothing);

        await hasty.ReadAsync(2);

        Assert.That(hasty._reader.Lines[^1], Does.Contain("(lines dropped: 50)"), "there may be no time for all lines that wait");
    }

    private static bool IsGap(string line) => line.StartsWith("Dropped log lines", StringComparison.Ordinal);

    private void Log(int lines)
    {
        for (var number = 0; number < lines; number++)
        {
            _log.Information("line {Number}", number);
        }
    }

    /// <summary>One line in the writer's hand, a full queue, and some more lines.</summary>
    private async Task FillAsync(int beyond)
    {
        Log(1);
        await WorkerBench.UntilAsync(() => _reader.Entered == 1);
        Log(ConsoleQueue.Room + beyond);
    }

    /// <summary>Reads some lines, and waits until the writer has the one after them in its hand.</summary>
    private async Task ReadAsync(int lines)
    {
        var entered = _reader.Entered;
        _reader.Go(lines);
        await WorkerBench.UntilAsync(() => _reader.Entered == entered + lines);
    }

    private sealed class StallingSink : ILogEventSink, IDisposable
    {
        private readonly SemaphoreSlim _reads = new(0);
        private readonly List<string> _lines = [];
        private int _entered;

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

        /// <summary>Lines that somebody began to write.</summary>
        public int Entered => Volatile.Read(ref _entered);

        public void Go(int lines = 1_000_000) => _reads.Release(lines);

        public void Emit(LogEvent logEvent)
        {
            Interlocked.Increment(ref _entered);
            _reads.Wait();
            lock (_lines)
            {
                _lines.Add(logEvent.RenderMessage(System.Globalization.CultureInfo.InvariantCulture));
            }
        }

        // The queue may have left a writer behind that waits on it.
        public void Dispose() => Go();
    }
}
