namespace Dashtam.Jobs.Core.Queue.Fetching;

/// <summary>How jobs come into a worker's hands.</summary>
internal interface IJobFetcher
{
    /// <summary>Moves what is due, then takes ready jobs into the worker's processing list. A call that throws may have taken some all the same.</summary>
    /// <param name="worker">The incarnation that takes them.</param>
    /// <param name="wanted">How many.</param>
    /// <param name="cancellationToken">Ends the wait for the reply.</param>
    Task<FetchedBatch> FetchAsync(string worker, FetchRequest wanted, CancellationToken cancellationToken);
}
