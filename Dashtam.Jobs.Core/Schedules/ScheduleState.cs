namespace Dashtam.Jobs.Core.Schedules;

/// <summary>What Redis knows of a schedule.</summary>
/// <param name="Current">Whether the caller's version is the stored one; only that one fires.</param>
/// <param name="LastFired">The last instant that fired, or when the schedule was new or changed.</param>
/// <param name="Now">Redis' clock, in whole seconds.</param>
/// <param name="PausedSince">Since when it is paused; null: it is not.</param>
public readonly record struct ScheduleState(
    bool Current, DateTimeOffset LastFired, DateTimeOffset Now, DateTimeOffset? PausedSince = null)
{
    /// <summary>How far a mark may be ahead of Redis' clock: as far as the clocks may be apart.</summary>
    public static readonly TimeSpan Tolerance = TimeSpan.FromSeconds(1);

    /// <summary>The last fired instant as it is stored, when it is none: the schedule does not fire.</summary>
    public string? UnreadableFired { get; init; }

    /// <summary>Since when it is paused, as it is stored, when that is no instant: it is paused all the same.</summary>
    public string? UnreadablePause { get; init; }

    /// <summary>
    /// The caller's clock, when it has agreed with Redis' for long: then what the caller has seen in Redis' future is forgotten.
    /// </summary>
    public DateTimeOffset? AgreedClock { get; init; }

    /// <summary>The version that was stored before the caller registered; null: none was.</summary>
    public string? StoredVersion { get; init; }

    /// <summary>
    /// What a scheduler of that version changes with each look, while it lives; empty: nobody has, as before schedulers did so.
    /// Null: it cannot be read.
    /// </summary>
    public string? HolderSign { get; init; }

    /// <summary>
    /// Told to the ledger: that sign, when the caller has seen it unchanged for so long that it takes the schedule over. Null: it
    /// does not.
    /// </summary>
    public string? SilentHolder { get; init; }

    /// <summary>The schedule was taken over from another version's schedulers, which have gone.</summary>
    public bool TakenOver { get; init; }

    /// <summary>Nothing fires before Redis' clock has got there.</summary>
    public bool IsAhead => LastFired - Now > Tolerance;
}
