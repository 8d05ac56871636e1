namespace Dashtam.Jobs.Scheduler.Firing;

/// <summary>Whether this machine's clock is in step with Redis', as last seen.</summary>
internal sealed class ClockStep
{
    /// <summary>How far the clocks may be apart.</summary>
    public static readonly TimeSpan Tolerance = TimeSpan.FromSeconds(1);

    /// <summary>How long the clocks must have agreed before this one may be believed against what Redis has stored.</summary>
    public static readonly TimeSpan AgreementNeeded = TimeSpan.FromMinutes(1);

    private long _offset;
    private int _returned;
    private long _comparedAt = long.MinValue;
    private int _looked;
    private int _agrees;

    /// <summary>False also before the first look: a mark that is written by a wrong clock stops a schedule for long.</summary>
    public bool IsInStep => !IsUnknown && Interlocked.Read(ref _offset) == 0;

    /// <summary>Nobody has looked yet.</summary>
    public bool IsUnknown => Volatile.Read(ref _looked) == 0;

    /// <summary>The clocks have agreed to the second, without a look that failed, for as long as is needed.</summary>
    public bool HasAgreed => Volatile.Read(ref _agrees) == 1;

    /// <summary>How far this machine is ahead of Redis; zero while they are in step.</summary>
    public TimeSpan Offset => TimeSpan.FromTicks(Interlocked.Read(ref _offset));

    /// <summary>When Redis last told its time, a time stamp; null: never.</summary>
    public long? ComparedAt => Interlocked.Read(ref _comparedAt) is var at and not long.MinValue ? at : null;

    /// <summary>Since when they agree, a time stamp; null: they do not. Only who compares them asks and says so.</summary>
    public long? AgreesSince { get; set; }

    /// <summary>What is wrong, in words.</summary>
    public string Describe() => IsUnknown
        ? "this machine's clock has not been compared with Redis' yet"
        : $"this machine's clock is {Offset.Duration().TotalSeconds:F1} s {(Offset > TimeSpan.Zero ? "ahead of" : "behind")} Redis'";

    /// <summary>Redis told its time.</summary>
    public void Compared(long timestamp) => Interlocked.Exchange(ref _comparedAt, timestamp);

    /// <summary>The clocks are apart by more than the tolerance; true when they were not before.</summary>
    public bool Leave(TimeSpan offset)
    {
        Agree(TimeSpan.Zero);
        Volatile.Write(ref _looked, 1);
        return Interlocked.Exchange(ref _offset, offset.Ticks) == 0;
    }

    /// <summary>The clocks are in step; true when they were not before.</summary>
    public bool Return()
    {
        Volatile.Write(ref _looked, 1);
        var wasOff = Interlocked.Exchange(ref _offset, 0) != 0;
        if (wasOff)
        {
            Interlocked.Exchange(ref _returned, 1);
        }

        return wasOff;
    }

    /// <summary>The clocks have agreed for so long; zero: a look has failed, or left room for doubt.</summary>
    public void Agree(TimeSpan since) => Volatile.Write(ref _agrees, since >= AgreementNeeded ? 1 : 0);

    /// <summary>True once after each return: there is something to catch up.</summary>
    public bool TakeReturned() => Interlocked.Exchange(ref _returned, 0) == 1;
}
