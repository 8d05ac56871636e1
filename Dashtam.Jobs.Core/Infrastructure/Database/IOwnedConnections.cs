namespace Dashtam.Jobs.Core.Infrastructure.Database;

/// <summary>A provider connection and whose it is.</summary>
/// <param name="Id">Of the connection.</param>
/// <param name="UserId">Of its owner.</param>
/// <param name="Email">Its owner's, as dashtam-api puts it into access tokens.</param>
internal sealed record OwnedConnection(Guid Id, Guid UserId, string Email);

/// <summary>The provider connections with their owners.</summary>
internal interface IOwnedConnections
{
    /// <summary>All active ones, streamed: memory does not grow with their number.</summary>
    IAsyncEnumerable<ReadRow<OwnedConnection>> ActiveAsync(CancellationToken cancellationToken);

    /// <summary>Those of the given ids that exist, in any order and whatever their status.</summary>
    Task<IReadOnlyList<ReadRow<OwnedConnection>>> FindAsync(IReadOnlyCollection<Guid> ids, CancellationToken cancellationToken);
}
