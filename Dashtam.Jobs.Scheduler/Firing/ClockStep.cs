namespace Dashtam.Jobs.Scheduler.Firing;

/// <summary>Whether this machine's clock is in step with Redis', as last seen.</summary>
internal sealed class ClockStep
{
    /// <summary>How far the clocks may be apart.</summary>
    public static readonly TimeSpan Tolerance = TimeSpan.FromSeconds(1);

    private long _offset;
    private int _returned;
    private long _comparedAt = long.MinValue;

    /// <summary>True also before the first look: the scripts refuse what is too early in any case.</summary>
    public bool IsInStep => Interlocked.Read(ref _offset) == 0;

    /// <summary>How far this machine is ahead of Redis; zero while they are in step.</summary>
    public TimeSpan Offset => TimeSpan.FromTicks(Interlocked.Read(ref _offset));

    /// <summary>When Redis last told its time, a time stamp; null: never.</summary>
    public long? ComparedAt => Interlocked.Read(ref _comparedAt) is var at and not long.MinValue ? at : null;

    /// <summary>What is wrong, in words.</summary>
    public string Describe() =>
        $"this machine's clock is {Offset.Duration().TotalSeconds:F1} s {(Offset > TimeSpan.Zero ? "ahead of" : "behind")} Redis'";

    /// <summary>Redis told its time.</summary>
    public void Compared(long timestamp) => Interlocked.Exchange(ref _comparedAt, timestamp);

    /// <summary>The clocks are apart by more than the tolerance; true when they were not before.</summary>
    public bool Leave(TimeSpan offset) => Interlocked.Exchange(ref _offset, offset.Ticks) == 0;

    /// <summary>The clocks are in step; true when they were not before.</summary>
    public bool Return()
    {
        var wasOff = Interlocked.Exchange(ref _offset, 0) != 0;
        if (wasOff)
        {
            Interlocked.Exchange(ref _returned, 1);
        }

        return wasOff;
    }

    /// <summary>True once after each return: there is something to catch up.</summary>
    public bool TakeReturned() => Interlocked.Exchange(ref _returned, 0) == 1;
}
