namespace Dashtam.Jobs.Core.Queue;

/// <summary>Workers' side of the queue. Every call is one script; a call that throws may have run all the same.</summary>
internal interface IJobQueue
{
    /// <summary>Moves what is due, then takes ready jobs into the worker's processing list.</summary>
    /// <param name="worker">The incarnation that takes them.</param>
    /// <param name="wanted">How many.</param>
    /// <param name="cancellationToken">Ends the wait for the reply.</param>
    Task<FetchedBatch> FetchAsync(string worker, FetchRequest wanted, CancellationToken cancellationToken);

    /// <summary>Stores the result, counts, acknowledges.</summary>
    Task<Settlement> FinishAsync(
        Delivery delivery, string taskId, string jobName, byte[] result, CancellationToken cancellationToken);

    /// <summary>Ends a job whose schedule has fired again meanwhile: stores the error result, counts, acknowledges.</summary>
    Task<Settlement> EndReplacedAsync(
        Delivery delivery, string taskId, string jobName, byte[] result, CancellationToken cancellationToken);

    /// <summary>Makes the next attempt due after <paramref name="delay"/>.</summary>
    Task<Settlement> RetryAsync(
        Delivery delivery, string jobName, byte[] nextEnvelope, TimeSpan delay, CancellationToken cancellationToken);

    /// <summary>Ends the job as a dead letter, with an error result when it has an id.</summary>
    Task<Settlement> DeadLetterAsync(Delivery delivery, DeadLetter letter, CancellationToken cancellationToken);

    /// <summary>Puts a job of an unknown name aside; <see cref="Settlement.Full"/> when there is no room.</summary>
    Task<Settlement> ParkAsync(Delivery delivery, CancellationToken cancellationToken);

    /// <summary>Puts the job back where the next fetch takes it first, its attempt not counted.</summary>
    Task<Settlement> GiveBackAsync(Delivery delivery, CancellationToken cancellationToken);

    /// <summary>Puts jobs that have not begun back where the next fetch takes them first.</summary>
    /// <param name="worker">Who holds them.</param>
    /// <param name="envelopes">The bytes as fetched, the oldest first.</param>
    /// <param name="cancellationToken">Ends the wait for the reply.</param>
    Task<Settlement> HandBackAsync(string worker, IReadOnlyList<byte[]> envelopes, CancellationToken cancellationToken);

    /// <summary>
    /// Counts the end of a worker that hanging handlers made end itself as one move of each of their jobs that is not settled yet.
    /// </summary>
    /// <returns>Jobs counted.</returns>
    Task<int> CountRecycledAsync(IReadOnlyCollection<HangingJob> jobs, CancellationToken cancellationToken);

    /// <summary>How often recovery has moved an envelope.</summary>
    Task<int> MovesAsync(byte[] envelope, CancellationToken cancellationToken);

    /// <summary>All envelopes in the worker's processing list: what Redis believes it holds.</summary>
    Task<IReadOnlyList<byte[]>> ListProcessingAsync(string worker, CancellationToken cancellationToken);
}
