namespace Dashtam.Jobs.Tests.Integration.Core.Queue.Model;

/// <summary>What somebody does with the queue.</summary>
internal enum QueueMove
{
    /// <summary>A Python producer adds a job.</summary>
    Push,

    /// <summary>A producer enqueues a job, perhaps again.</summary>
    Enqueue,

    /// <summary>A producer enqueues a job for later, perhaps again.</summary>
    EnqueueDelayed,

    /// <summary>The time of a delayed job has come.</summary>
    BecomeDue,

    /// <summary>A worker begins an incarnation, if it has none.</summary>
    Register,

    /// <summary>A worker fetches up to three jobs.</summary>
    Fetch,

    /// <summary>Somebody who once held a job stores its result.</summary>
    Finish,

    /// <summary>The same, because its schedule has fired again.</summary>
    EndReplaced,

    /// <summary>The same, for another attempt.</summary>
    Retry,

    /// <summary>The same, for good.</summary>
    DeadLetter,

    /// <summary>The same, because he does not know it.</summary>
    Park,

    /// <summary>The same, because he stops.</summary>
    GiveBack,

    /// <summary>The same as a retry, while the handler hangs.</summary>
    RetryHanging,

    /// <summary>The same as giving it back, because hanging handlers end the worker.</summary>
    GiveBackHanging,

    /// <summary>A worker puts back the jobs that it fetched last and has not begun, which may be none of its own by then.</summary>
    HandBack,

    /// <summary>A worker that hanging handlers end counts one of their jobs, which may be settled by then.</summary>
    CountRecycled,

    /// <summary>Somebody who knows a parked job makes it ready.</summary>
    Unpark,

    /// <summary>A worker's lease runs out, and it is recovered; one that has none is recovered once more.</summary>
    Recover,

    /// <summary>A worker that lives is to be recovered.</summary>
    RecoverTooEarly,

    /// <summary>A worker renews its lease.</summary>
    Heartbeat,

    /// <summary>A worker leaves, perhaps with jobs in its hands.</summary>
    Depart,
}

/// <summary>One move.</summary>
/// <param name="Move">What.</param>
/// <param name="Worker">By which worker.</param>
/// <param name="Pick">Which job, of those that there are to choose from; how many, for a fetch.</param>
internal readonly record struct QueueStep(QueueMove Move, int Worker, int Pick)
{
    public override string ToString() => $"{Move} {Worker} {Pick}";
}
