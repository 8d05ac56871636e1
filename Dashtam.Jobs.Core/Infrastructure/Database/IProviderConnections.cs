namespace Dashtam.Jobs.Core.Infrastructure.Database;

/// <summary>An active connection to a provider whose credentials expire, or have expired.</summary>
internal sealed record ExpiringConnection(Guid Id, Guid UserId, string ProviderSlug, DateTimeOffset ExpiresAt) : IExpiring;

/// <summary>Users' connections to providers: table <c>provider_connections</c>, read only.</summary>
internal interface IProviderConnections
{
    /// <summary>How many connections are active, whether their credentials expire or not.</summary>
    Task<long> CountActiveAsync(CancellationToken cancellationToken);

    /// <summary>
    /// Active connections whose credentials expire at or before an instant, the earliest first. There is no lower bound: those
    /// that expired long ago are among them.
    /// </summary>
    IAsyncEnumerable<ReadRow<ExpiringConnection>> ExpiringBeforeAsync(DateTimeOffset threshold, CancellationToken cancellationToken);
}
