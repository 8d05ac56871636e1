namespace Dashtam.Jobs.Core.Queue.Leases;

/// <summary>What Redis believes that workers hold, and how often each of these jobs was moved.</summary>
internal interface IProcessingJobs
{
    /// <summary>All envelopes in the worker's processing list.</summary>
    Task<IReadOnlyList<byte[]>> ListAsync(string worker, CancellationToken cancellationToken);

    /// <summary>How often recovery has moved an envelope.</summary>
    Task<int> MovesAsync(byte[] envelope, CancellationToken cancellationToken);

    /// <summary>
    /// Counts the end of a worker that hanging handlers made end itself as one move of each of their jobs that is not settled yet.
    /// </summary>
    /// <returns>Jobs counted.</returns>
    Task<int> CountRecycledAsync(IReadOnlyCollection<HangingJob> jobs, CancellationToken cancellationToken);
}
