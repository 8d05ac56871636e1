using System.Collections.Concurrent;
using Dashtam.Jobs.Core.Execution.Runs;

namespace Dashtam.Jobs.Worker.Running;

/// <summary>
/// Jobs that are held although no slot is free for them yet, so that a slot need not wait for a round trip between two short
/// jobs. Never more than <see cref="Work"/>, as measured a moment ago; when that was wrong, because longer jobs came, what
/// waits goes back, where an idle worker takes it: when no slot takes anything any more, or after <see cref="LongestHold"/>.
/// </summary>
/// <remarks>Asked by the pump alone; taken from by every slot.</remarks>
internal sealed class ReadAhead : IDisposable
{
    /// <summary>How much work is held at most.</summary>
    internal static readonly TimeSpan Work = TimeSpan.FromMilliseconds(15);

    /// <summary>How long a job is held at most; with the way back it starts within 50 ms elsewhere.</summary>
    internal static readonly TimeSpan LongestHold = TimeSpan.FromMilliseconds(40);

    /// <summary>Which job waits at the head is looked at so often; the same one twice: no slot takes any.</summary>
    internal static readonly TimeSpan LookInterval = TimeSpan.FromMilliseconds(20);

    /// <summary>Jobs at most, whatever was measured: what a crash makes others repeat stays small.</summary>
    internal const int Most = 1_000;

    // A shorter one says nothing: two jobs that end together would look like a high rate.
    private static readonly TimeSpan ShortestWindow = TimeSpan.FromMilliseconds(3);

    /// <summary>
    /// A look that comes later than this says that the whole process stood still, for a collection or without a core, and its slots
    /// with it: they get one more look.
    /// </summary>
    private static readonly TimeSpan LateLook = TimeSpan.FromMilliseconds(30);

    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMilliseconds(500);

    private readonly ConcurrentQueue<Run> _jobs = new();
    private readonly TimeProvider _time;
    private readonly Action _low;
    private readonly Func<IReadOnlyList<Run>, Task> _handBack;
    private readonly ITimer _timer;
    private readonly Lock _lock = new();
    private int _count;
    private int _refillAt;
    private long _ended;
    private bool _armed;
    private long _armedAt;
    private bool _excused;
    private Run? _seen;

    // The pump's own.
    private long _windowStart;
    private long _endedBefore;
    private double _perSecond;

    private TimeSpan _pause = FirstPause;
    private long _resumeAt;

    /// <param name="time">The clock.</param>
    /// <param name="low">Called when half of what was wanted is gone.</param>
    /// <param name="handBack">Puts jobs, the oldest first, back into the queue.</param>
    public ReadAhead(TimeProvider time, Action low, Func<IReadOnlyList<Run>, Task> handBack)
    {
        _time = time;
        _low = low;
        _handBack = handBack;
        _windowStart = time.GetTimestamp();
        _timer = time.CreateTimer(_ => Look(), state: null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Jobs that wait here for a slot.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>A job has ended; what is read ahead is measured in these.</summary>
    public void Ended() => Interlocked.Increment(ref _ended);

    /// <summary>Whether half of what was wanted is gone.</summary>
    public bool IsLow => Count <= Volatile.Read(ref _refillAt);

    /// <summary>How many more may be read ahead now.</summary>
    public int Room()
    {
        Measure();
        if (_time.GetTimestamp() < Volatile.Read(ref _resumeAt))
        {
            return 0;
        }

        var wanted = (int)Math.Min(Most, _perSecond * Work.TotalSeconds);
        Volatile.Write(ref _refillAt, wanted / 2);
        return Math.Max(0, wanted - Count);
    }

    /// <summary>Adds one that was fetched.</summary>
    public void Add(Run job)
    {
        _jobs.Enqueue(job);
        Interlocked.Increment(ref _count);
        lock (_lock)
        {
            if (!_armed)
            {
                Arm();
            }
        }
    }

    /// <summary>The next one for a slot that has become free; null: none waits.</summary>
    public Run? Take()
    {
        if (!_jobs.TryDequeue(out var job))
        {
            return null;
        }

        if (Interlocked.Decrement(ref _count) == Volatile.Read(ref _refillAt))
        {
            _low();
        }

        return job;
    }

    /// <summary>Puts all that wait back into the queue, where others take it first.</summary>
    public Task HandBackAsync() => _handBack(TakeAll());

    /// <summary>Puts some of those that wait back: jobs of a more important queue have come, which would stand behind them.</summary>
    public Task HandBackAsync(Predicate<Run> isLess)
    {
        var less = new List<Run>();
        for (var left = Count; left > 0 && _jobs.TryDequeue(out var job); left--)
        {
            if (isLess(job))
            {
                Interlocked.Decrement(ref _count);
                less.Add(job);
            }
            else
            {
                _jobs.Enqueue(job);
            }
        }

        return less.Count == 0 ? Task.CompletedTask : _handBack(less);
    }

    public void Dispose() => _timer.Dispose();

    private List<Run> TakeAll()
    {
        var all = new List<Run>();
        while (_jobs.TryDequeue(out var job))
        {
            Interlocked.Decrement(ref _count);
            all.Add(job);
        }

        return all;
    }

    private void Measure()
    {
        var now = _time.GetTimestamp();
        var window = _time.GetElapsedTime(_windowStart, now);
        if (window < ShortestWindow)
        {
            return;
        }

        // Less than before is believed by half: a window may hold a pause of the collector.
        var ended = Interlocked.Read(ref _ended);
        var measured = (ended - _endedBefore) / window.TotalSeconds;
        _perSecond = measured > _perSecond ? measured : (measured + _perSecond) / 2;
        _endedBefore = ended;
        _windowStart = now;
    }

    private void Look()
    {
        bool overdue;
        lock (_lock)
        {
            var oldest = _jobs.TryPeek(out var head) ? head : null;
            overdue = oldest is not null && (oldest == _seen || _time.GetElapsedTime(oldest.HeldSince) >= LongestHold);
            _excused = overdue && !_excused && _time.GetElapsedTime(_armedAt) >= LateLook;
            overdue = overdue && !_excused;
            _armed = false;
            _seen = null;
            if (oldest is not null && !overdue)
            {
                _seen = oldest;
                Arm();
            }
        }

        if (overdue)
        {
            PauseReading();
            _ = HandBackAsync();
        }
    }

    private void Arm()
    {
        _armed = true;
        _armedAt = _time.GetTimestamp();
        _timer.Change(LookInterval, Timeout.InfiniteTimeSpan);
    }

    /// <summary>The measure was wrong: nothing is read ahead for a while, longer each time that it is wrong again soon.</summary>
    private void PauseReading()
    {
        var now = _time.GetTimestamp();
        var quiet = _resumeAt == 0 || _time.GetElapsedTime(_resumeAt, now) > LongestPause;
        _pause = quiet ? FirstPause : _pause * 2 < LongestPause ? _pause * 2 : LongestPause;
        Volatile.Write(ref _resumeAt, now + (long)(_pause.TotalSeconds * _time.TimestampFrequency));
    }
}
