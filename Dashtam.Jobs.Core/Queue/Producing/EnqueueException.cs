namespace Dashtam.Jobs.Core.Queue.Producing;

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
