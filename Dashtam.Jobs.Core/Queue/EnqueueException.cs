namespace Dashtam.Jobs.Core.Queue;

/// <summary>This call certainly put no job into the queue; what an earlier one with the same id did is not undone.</summary>
/// <param name="taskId">The id that it would have had.</param>
/// <param name="reason">What Redis or the connection said.</param>
/// <param name="inner">The error behind it.</param>
public class EnqueueException(string taskId, string reason, Exception? inner = null)
    : JobsException($"Job {taskId} was not enqueued: {reason.TrimEnd('.')}. Nothing was written; enqueue it again.", inner)
{
    /// <summary>The id that the job would have had.</summary>
    public string TaskId { get; } = taskId;
}

/// <summary>Redis has no room for further jobs; certainly not enqueued. Workers go on, so there may be room again soon.</summary>
/// <param name="taskId">The id that it would have had.</param>
/// <param name="usedPercent">How full Redis was when it was last looked at; null: not known.</param>
/// <param name="reason">What refused it.</param>
/// <param name="inner">The error behind it.</param>
public sealed class QueueFullException(string taskId, double? usedPercent, string reason, Exception? inner = null)
    : EnqueueException(taskId, reason, inner)
{
    /// <summary>How much of its <c>maxmemory</c> Redis used, in percent; null: not known.</summary>
    public double? UsedPercent { get; } = usedPercent;
}

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
