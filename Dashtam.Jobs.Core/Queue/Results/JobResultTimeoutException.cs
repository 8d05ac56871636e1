namespace Dashtam.Jobs.Core.Queue.Results;

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
