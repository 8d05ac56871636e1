namespace Dashtam.Jobs.Faults.History;

/// <summary>What a line of the history says; in snake_case in the file.</summary>
internal enum HistoryKind
{
    /// <summary>A producer was told that its job is in the queue.</summary>
    EnqueueAcknowledged,

    /// <summary>A producer does not know whether its job is in the queue.</summary>
    EnqueueUnknown,

    /// <summary>A producer knows that its job is not in the queue.</summary>
    EnqueueRefused,

    /// <summary>A worker began a run.</summary>
    Delivered,

    /// <summary>A worker said that a run succeeded and was acknowledged.</summary>
    Succeeded,

    /// <summary>A worker said that a run failed and that its job is due again.</summary>
    Retried,

    /// <summary>A worker said that a job is a dead letter.</summary>
    Failed,

    /// <summary>A worker put a job back because it stops.</summary>
    GivenBack,

    /// <summary>A worker was refused because its job had been recovered.</summary>
    Fenced,

    /// <summary>A worker made a dead one's jobs ready.</summary>
    Recovered,

    /// <summary>A run offered an effect under its fence token.</summary>
    Effect,

    /// <summary>A scheduler said that it fired an instant.</summary>
    Fired,

    /// <summary>A scheduler said that it caught up an instant.</summary>
    CaughtUp,

    /// <summary>Redis' own journal: a schedule's last fired instant was written.</summary>
    JournalFired,

    /// <summary>Redis' own journal: a result was written.</summary>
    JournalResult,

    /// <summary>Redis' own journal: an effect's token was accepted.</summary>
    JournalEffect,

    /// <summary>A fault began; until when its target is disturbed by it is in the same line.</summary>
    Fault,

    /// <summary>A fault could not be injected, as its target was not there.</summary>
    FaultMissed,

    /// <summary>A process is up.</summary>
    ProcessStarted,

    /// <summary>A process is gone; <see cref="HistoryEvent.Detail"/> says how.</summary>
    ProcessEnded,

    /// <summary>A process is started from one of two builds; the detail is its folder.</summary>
    BuildTaken,

    /// <summary>A process dropped lines of its log: what they said is missing here.</summary>
    LogDropped,

    /// <summary>Redis is gone.</summary>
    RedisDown,

    /// <summary>Redis answers again.</summary>
    RedisUp,

    /// <summary>Everything has been healed; no fault comes any more.</summary>
    Healed,

    /// <summary>Nothing is enqueued or fired from here on.</summary>
    LoadEnded,

    /// <summary>A process logged something that never may happen.</summary>
    Defect,
}
