namespace Dashtam.Jobs.Core.Infrastructure.DashtamApi;

/// <summary>A provider connection, and the user as whom dashtam-api is called for it.</summary>
internal sealed record ConnectionOwner(Guid ConnectionId, Guid UserId, string Email);

/// <summary>How the sync of one connection ended: <see cref="Synced"/>, <see cref="RecentlySynced"/>,
/// <see cref="Refused"/> or <see cref="Failed"/>.</summary>
internal abstract record SyncOutcome
{
    private SyncOutcome()
    {
    }

    /// <summary>dashtam-api synced the connection's accounts; <paramref name="Errors"/> of them failed.</summary>
    internal sealed record Synced(long Created, long Updated, long Unchanged, long Errors) : SyncOutcome;

    /// <summary>429, by dashtam-api itself: it was synced a short time ago, and <c>force</c> was not asked for.</summary>
    internal sealed record RecentlySynced : SyncOutcome;

    /// <summary>Another 4xx: trying again would not help.</summary>
    /// <param name="Status">The HTTP status.</param>
    /// <param name="Title">The problem's title; the status when it has none.</param>
    internal sealed record Refused(int Status, string Title) : SyncOutcome;

    /// <summary>No usable answer after all tries: 5xx, 408, any other 429, a time-out, no connection, a reply that cannot be read.</summary>
    internal sealed record Failed(string Problem) : SyncOutcome;
}

/// <summary>dashtam-api, called as one of its users.</summary>
internal interface IDashtamApi
{
    /// <summary>Fetches a connection's accounts from its provider. Tries again itself; may be called twice.</summary>
    /// <param name="owner">The connection, and its owner.</param>
    /// <param name="force">Also when it was synced a short time ago.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    Task<SyncOutcome> SyncAccountsAsync(ConnectionOwner owner, bool force, CancellationToken cancellationToken);
}
