using Dashtam.Jobs.Core.Wire;

namespace Dashtam.Jobs.Core.Queue.Producing;

/// <summary>Producers' side of the queue; registered by <c>AddJobProducer</c>.</summary>
public interface IJobProducer
{
    /// <summary>Makes a job ready, or due later. A connection that breaks is tried again for a few seconds.</summary>
    /// <param name="envelope">
    /// <c>new JobEnvelope { TaskId = JobEnvelope.NewTaskId(), TaskName = "…", Arguments = JobArguments.From(new { … }) }</c>.
    /// </param>
    /// <param name="options">When it is due, in which queue, and what must hold before this returns.</param>
    /// <param name="cancellationToken">
    /// Cancelled before the job was sent: <see cref="OperationCanceledException"/>, and it is certainly not in the queue.
    /// Cancelled later: <see cref="EnqueueOutcomeUnknownException"/>, which has the id and the cancellation inside; what has
    /// been sent cannot be taken back.
    /// </param>
    /// <returns>False when this task id was enqueued into the same queue within <c>JOBS_ENQUEUE_ONCE_SECONDS</c>; then nothing is written.</returns>
    /// <exception cref="ArgumentException">
    /// The task id is longer than 1,024 bytes of UTF-8, or no queue may be called as the options or the label <c>queue_name</c> say.
    /// </exception>
    /// <exception cref="EnqueueException">It is certainly not in the queue.</exception>
    /// <exception cref="QueueFullException">Redis has no room; it is certainly not in the queue.</exception>
    /// <exception cref="EnqueueOutcomeUnknownException">Replies were lost: it may be in the queue or not.</exception>
    /// <exception cref="DurabilityNotReachedException">It is in the queue, but not as durable as was asked.</exception>
    Task<bool> EnqueueAsync(JobEnvelope envelope, EnqueueOptions options, CancellationToken cancellationToken);

    /// <summary>
    /// Makes many jobs ready, in the order given, or due later, with the promises of <see cref="EnqueueAsync"/> for each. They go
    /// in chunks of 500 jobs or 256 kB of one queue, several in flight, one queue after the other. A chunk is enqueued as a whole or
    /// not at all, the call as a whole is not.
    /// </summary>
    /// <param name="envelopes">
    /// All are looked at before anything is sent. Of those with the same id only the first is enqueued. They may name several queues.
    /// </param>
    /// <param name="options">
    /// When they are due, all at once and counted from this call; in which queue; and what must hold for each before this returns.
    /// </param>
    /// <param name="cancellationToken">
    /// Cancelled before anything was sent: <see cref="OperationCanceledException"/>, and none is in the queue. Cancelled later:
    /// <see cref="BulkEnqueueException"/>, which tells apart what is in the queue, what is not, and what nobody knows.
    /// </param>
    /// <returns>
    /// Which were enqueued, and which had been before. After a connection broke, chunks that were sent again may come later in
    /// the queue than those after them, and their duplicates may be told as enqueued.
    /// </returns>
    /// <exception cref="ArgumentException">
    /// An envelope is null, an id is given for two queues, or no queue may be called as an envelope's label says; nothing was sent.
    /// </exception>
    /// <exception cref="BulkEnqueueException">Some may be in the queue and some not: it says which.</exception>
    Task<BulkEnqueueResult> EnqueueManyAsync(
        IReadOnlyCollection<JobEnvelope> envelopes, EnqueueOptions options, CancellationToken cancellationToken);
}
