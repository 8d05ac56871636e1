namespace Dashtam.Jobs.Core.Queue;

/// <summary>Waits for one ready job on a connection of its own: a blocking command blocks the connection.</summary>
internal interface IReadyWaiter
{
    /// <summary>Takes one job into the worker's processing list, or returns null when none came in time.</summary>
    /// <param name="worker">The incarnation that takes it.</param>
    /// <param name="limit">How long Redis waits; the client's own deadline is later, so that no reply is thrown away.</param>
    /// <remarks>After an exception a job may be in the list all the same.</remarks>
    Task<Delivery?> WaitAsync(string worker, TimeSpan limit);

    /// <summary>Ends a wait that is under way, when a delayed job has become due; does nothing when there is none.</summary>
    Task InterruptAsync();

    /// <summary>Calls back when a delayed job becomes the earliest, with the time until it is due. Messages may be lost.</summary>
    Task SubscribeAsync(Action<TimeSpan> delayedJobAdded);
}
