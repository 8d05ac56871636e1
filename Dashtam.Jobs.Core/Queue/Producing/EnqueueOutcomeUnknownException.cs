namespace Dashtam.Jobs.Core.Queue.Producing;

/// <summary>Replies were lost, or the wait for one was cancelled: the job may be in the queue or not.</summary>
/// <param name="taskId">Enqueue again with this id: it is then in the queue once, whatever happened now.</param>
/// <param name="inner">The error behind it.</param>
public sealed class EnqueueOutcomeUnknownException(string taskId, Exception inner)
    : JobsException(
        $"Outcome unknown: job {taskId} may have been enqueued or not. Enqueue it again with the same id within "
        + "JOBS_ENQUEUE_ONCE_SECONDS: the job is then in the queue once.",
        inner)
{
    /// <summary>The job's id.</summary>
    public string TaskId { get; } = taskId;
}
