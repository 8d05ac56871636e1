namespace Dashtam.Jobs.Core.Queue.Fetching;

/// <summary>Waits for one ready job on a connection of its own: a blocking command blocks the connection.</summary>
internal interface IReadyWaiter
{
    /// <summary>Shorter than the client's deadline: a wait that is not answered by then is a socket that is dead.</summary>
    static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(4);

    /// <summary>Takes one job into the worker's processing list, or returns null when none came in time.</summary>
    /// <param name="worker">The incarnation that takes it.</param>
    /// <param name="limit">
    /// How long Redis waits, at most <see cref="LongestWait"/>: the client's own deadline is later, so that no reply is thrown
    /// away.
    /// </param>
    /// <remarks>After an exception a job may be in the list all the same. A wait that was interrupted ends before its limit.</remarks>
    Task<Delivery?> WaitAsync(string worker, TimeSpan limit);

    /// <summary>
    /// Ends the wait that is under way; when there is none, or it could not be ended, the next one: whoever waits is to look
    /// at the queue now.
    /// </summary>
    Task InterruptAsync();

    /// <summary>Calls back when a delayed job becomes the earliest, with the time until it is due. Messages may be lost.</summary>
    Task SubscribeAsync(Action<TimeSpan> delayedJobAdded);
}
