namespace Dashtam.Jobs.Core.Infrastructure.Database;

/// <summary>An active connection to a provider whose credentials expire, or have expired.</summary>
internal sealed record ExpiringConnection(Guid Id, Guid UserId, string ProviderSlug, DateTimeOffset ExpiresAt) : IExpiring;

/// <summary>A connection and who owns it.</summary>
/// <param name="Id">The connection.</param>
/// <param name="UserId">Its owner.</param>
/// <param name="Email">The owner's address, in lower case.</param>
internal sealed record OwnedConnection(Guid Id, Guid UserId, string Email);

/// <summary>Users' connections to providers: table <c>provider_connections</c>, read only.</summary>
internal interface IProviderConnections
{
    /// <summary>How many connections are active, whether their credentials expire or not.</summary>
    Task<long> CountActiveAsync(CancellationToken cancellationToken);

    /// <summary>
    /// Active connections whose credentials expire at or before an instant, the earliest first. There is no lower bound: those
    /// that expired long ago are among them.
    /// </summary>
    IAsyncEnumerable<ExpiringConnection> ExpiringBeforeAsync(DateTimeOffset threshold, CancellationToken cancellationToken);

    /// <summary>Active connections with their owners, ordered by id.</summary>
    IAsyncEnumerable<OwnedConnection> ActiveAsync(CancellationToken cancellationToken);

    /// <summary>The connections of these ids, of whatever status, ordered by id; an unknown id is left out.</summary>
    Task<IReadOnlyList<OwnedConnection>> FindAsync(IReadOnlyCollection<Guid> ids, CancellationToken cancellationToken);
}
