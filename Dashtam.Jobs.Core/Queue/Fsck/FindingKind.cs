namespace Dashtam.Jobs.Core.Queue.Fsck;

/// <summary>What can be wrong with a queue; in snake_case wherever it is shown.</summary>
public enum FindingKind
{
    /// <summary>A key that nobody knows: nothing bounds it.</summary>
    UnknownKey,

    /// <summary>A key of another type than it must have.</summary>
    WrongType,

    /// <summary>A once-key that would be remembered for ever.</summary>
    OnceKeyWithoutTtl,

    /// <summary>Another key that must expire and would not.</summary>
    KeyWithoutTtl,

    /// <summary>A worker's own hash that would outlive it for ever.</summary>
    WorkerHashWithoutTtl,

    /// <summary>A result that would be kept for ever.</summary>
    ResultWithoutTtl,

    /// <summary>A processing list of a worker that is neither registered nor departed: nobody recovers it.</summary>
    OrphanList,

    /// <summary>A registered worker whose lease ran out long ago, and nobody has recovered it.</summary>
    DeadWorker,

    /// <summary>A departed worker that still holds jobs, and nobody has recovered them.</summary>
    DepartedWithJobs,

    /// <summary>Departed workers that are not forgotten any more.</summary>
    DepartedOvergrown,

    /// <summary>A last heartbeat in the future: the worker's death would not be noticed.</summary>
    HeartbeatAhead,

    /// <summary>A job that a living worker has held for longer than its timeout and grace.</summary>
    StuckEntry,

    /// <summary>A count of deliveries whose job is nowhere.</summary>
    CountWithoutJob,

    /// <summary>A delayed entry that is no numbered envelope.</summary>
    DelayedUnreadable,

    /// <summary>A delayed entry that is never due.</summary>
    DelayedNeverDue,

    /// <summary>A delayed entry that is due in more than a year.</summary>
    DelayedFarOff,

    /// <summary>A parked entry that is no numbered envelope.</summary>
    ParkedUnreadable,

    /// <summary>A parked entry since a time in the future: it does not expire.</summary>
    ParkedAhead,

    /// <summary>More parked jobs than are allowed.</summary>
    ParkedOverCap,

    /// <summary>The counter of parked jobs' bytes differs from what there is.</summary>
    ParkedBytesWrong,

    /// <summary>A dead letter's number that has no entry.</summary>
    DeadNumberWithoutEntry,

    /// <summary>A dead letter's entry that has no number: it is never dropped, nor seen.</summary>
    DeadEntryWithoutNumber,

    /// <summary>The counter of dead letters' bytes differs from what there is.</summary>
    DeadBytesWrong,

    /// <summary>More dead letters than are allowed.</summary>
    DeadOverCap,

    /// <summary>The counter of entries is behind a number that it has given out.</summary>
    SequenceBehind,

    /// <summary>A schedule's mark that is no instant: the schedule does not fire.</summary>
    MarkUnreadable,

    /// <summary>A schedule's mark in Redis' future: the schedule does not fire until then.</summary>
    MarkAhead,
}
