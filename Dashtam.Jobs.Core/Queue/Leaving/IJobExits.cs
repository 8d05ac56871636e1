namespace Dashtam.Jobs.Core.Queue.Leaving;

/// <summary>The one way out of a worker's hands. Every call is one script; a call that throws may have run all the same.</summary>
internal interface IJobExits
{
    /// <summary>Takes a delivery out of its processing list, in the way that <paramref name="exit"/> says.</summary>
    /// <param name="delivery">What was fetched.</param>
    /// <param name="exit">How it leaves.</param>
    /// <param name="cancellationToken">Ends the wait for the reply.</param>
    Task<Settlement> LeaveAsync(Delivery delivery, Exit exit, CancellationToken cancellationToken);

    /// <summary>Puts jobs that have not begun back where the next fetch takes them first.</summary>
    /// <param name="deliveries">Of one queue and one worker, the oldest first; one at least.</param>
    /// <param name="cancellationToken">Ends the wait for the reply.</param>
    Task<Settlement> HandBackAsync(IReadOnlyList<Delivery> deliveries, CancellationToken cancellationToken);
}
