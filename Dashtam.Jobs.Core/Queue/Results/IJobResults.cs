using Dashtam.Jobs.Core.Wire;

namespace Dashtam.Jobs.Core.Queue.Results;

/// <summary>How enqueued jobs ended; registered by <c>AddJobProducer</c>, and may be called at any time and from anywhere.</summary>
public interface IJobResults
{
    /// <summary>
    /// The results of another queue's jobs: where <c>JOB_RESULT_PREFIX</c> has <c>{queue}</c> in it, or <c>JOBS_QUEUE_URLS</c> puts that
    /// queue on a server of its own. Elsewhere all queues' results lie together, and are found without this.
    /// </summary>
    /// <param name="queue">The queue that the jobs were enqueued into.</param>
    /// <exception cref="ArgumentException">No queue may be called so.</exception>
    IJobResults InQueue(string queue);

    /// <summary>Looks once.</summary>
    /// <param name="taskId">The job's id.</param>
    /// <param name="cancellationToken">Ends the wait for Redis' reply.</param>
    /// <returns>
    /// Null: there is no result. The job waits, runs, was never enqueued, or ended more than <c>JOB_RESULT_TTL</c> seconds ago.
    /// </returns>
    /// <exception cref="JobResultException">Redis cannot be reached or refuses, or what stands there is no result.</exception>
    Task<JobReply?> FindAsync(string taskId, CancellationToken cancellationToken);

    /// <summary>
    /// Waits until the job has ended for good, retries included. Asks Redis after 20 ms and then less and less often, each half
    /// second in the end; needs no notifications from the server. A Redis that goes and comes is waited for.
    /// </summary>
    /// <param name="taskId">The job's id; it may be enqueued before or after this call.</param>
    /// <param name="timeout">How long to wait at most; above zero. The job itself goes on.</param>
    /// <param name="cancellationToken">Ends the wait, not the job.</param>
    /// <returns>How it ended: a failure is a reply, not an exception.</returns>
    /// <exception cref="JobResultTimeoutException">There was no result in time.</exception>
    /// <exception cref="JobResultException">Redis refuses, or what stands there is no result.</exception>
    Task<JobReply> WaitAsync(string taskId, TimeSpan timeout, CancellationToken cancellationToken);
}
