using Dashtam.Jobs.Core.Wire;

namespace Dashtam.Jobs.Core.Schedules;

/// <summary>One cron instant and the job that it enqueues.</summary>
public sealed record ScheduledFire(DateTimeOffset Instant, JobEnvelope Envelope);

/// <summary>What is due of a schedule, and what becomes of it: one script, all or nothing.</summary>
/// <param name="After">The last fired instant from which this was worked out; when it is another by now, nothing is written.</param>
/// <param name="UpTo">The last instant that this is about: it is the last fired one afterwards, whatever the policy says.</param>
/// <param name="Fires">In ascending order; may be empty.</param>
/// <param name="PassedOver">Instants between them that do not fire, by the catch-up policy.</param>
public sealed record FireBatch(
    DateTimeOffset After, DateTimeOffset UpTo, IReadOnlyList<ScheduledFire> Fires, long PassedOver);

/// <summary>How a fire ended. The numbers are the script's.</summary>
public enum FireCode
{
    /// <summary>The last fired instant cannot be read: nothing fires before it is mended.</summary>
    Unreadable = -5,

    /// <summary>Another instant has fired since the batch was worked out, or the ledger was lost: register, and begin again.</summary>
    OutOfDate = -4,

    /// <summary>The schedule is paused: nothing was enqueued, the instants are passed over for good.</summary>
    Paused = -3,

    /// <summary>The instant is more than a second in Redis' future: this machine's clock is ahead.</summary>
    TooEarly = -2,

    /// <summary>Redis knows another version of the schedule: another scheduler has registered it since.</summary>
    OtherVersion = -1,

    /// <summary>These instants, or a later one, have fired.</summary>
    AlreadyFired = 0,

    /// <summary>The jobs are in the queue, but for those that the overlap policy skipped.</summary>
    Fired = 1,
}

/// <summary>A fire's end.</summary>
/// <param name="Code">What happened.</param>
/// <param name="Early">How long it came too early.</param>
/// <param name="LastFired">The last fired instant now; the Unix epoch when it is not known.</param>
/// <param name="Enqueued">Jobs that are in the queue now.</param>
/// <param name="Skipped">Fires that enqueued nothing because the last one's job has not ended.</param>
public readonly record struct FireReply(
    FireCode Code, TimeSpan Early, DateTimeOffset LastFired, int Enqueued = 0, int Skipped = 0);

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
