namespace Dashtam.Jobs.Core.Queue;

/// <summary>A job's result could not be read; what became of the job is not known here.</summary>
/// <param name="taskId">The job's id.</param>
/// <param name="reason">What Redis said, or what is wrong with what stands there.</param>
/// <param name="inner">The error behind it.</param>
public class JobResultException(string taskId, string reason, Exception? inner = null)
    : JobsException($"The result of job {taskId} cannot be read: {reason.TrimEnd('.')}.", inner)
{
    /// <summary>The job's id.</summary>
    public string TaskId { get; } = taskId;
}

/// <summary>A job had no result in time. It waits, runs, or was never enqueued; a later wait with the same id may find its result.</summary>
/// <param name="taskId">The job's id.</param>
/// <param name="timeout">How long was waited.</param>
/// <param name="inner">Why Redis could not be asked at the end; null: it was asked, and there was none.</param>
public sealed class JobResultTimeoutException(string taskId, TimeSpan timeout, Exception? inner = null)
    : JobResultException(
        taskId,
        $"there was none within {timeout.TotalSeconds:0.###} s. "
            + (inner is null
                ? "Does a worker run that knows the job, on the same JOBS_QUEUE_NAME and JOB_RESULT_PREFIX? Wait again with the same id"
                : $"Redis did not answer: {inner.Message}"),
        inner)
{
    /// <summary>How long was waited.</summary>
    public TimeSpan Timeout { get; } = timeout;
}
