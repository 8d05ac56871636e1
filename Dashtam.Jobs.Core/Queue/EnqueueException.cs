namespace Dashtam.Jobs.Core.Queue;

/// <summary>The job is certainly not in the queue.</summary>
/// <param name="taskId">The id that it would have had.</param>
/// <param name="reason">What Redis or the connection said.</param>
/// <param name="inner">The error behind it.</param>
public sealed class EnqueueException(string taskId, string reason, Exception? inner = null)
    : JobsException($"Job {taskId} was not enqueued: {reason}. Nothing was written; enqueue it again.", inner)
{
    /// <summary>The id that the job would have had.</summary>
    public string TaskId { get; } = taskId;
}

/// <summary>The connection was lost between request and reply: the job may be in the queue or not.</summary>
/// <param name="taskId">Enqueue again with this id: it is then in the queue once, whatever happened now.</param>
/// <param name="inner">The error behind it.</param>
public sealed class EnqueueOutcomeUnknownException(string taskId, Exception inner)
    : JobsException(
        $"Outcome unknown: job {taskId} may have been enqueued or not. Enqueue it again with the same id within "
        + "JOBS_ENQUEUE_ONCE_SECONDS; it is then in the queue once.",
        inner)
{
    /// <summary>The job's id.</summary>
    public string TaskId { get; } = taskId;
}
