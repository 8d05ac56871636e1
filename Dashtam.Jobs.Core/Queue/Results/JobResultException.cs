namespace Dashtam.Jobs.Core.Queue.Results;

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
