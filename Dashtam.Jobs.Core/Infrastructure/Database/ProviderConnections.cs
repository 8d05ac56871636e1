using Dapper;

namespace Dashtam.Jobs.Core.Infrastructure.Database;

/// <inheritdoc cref="IProviderConnections"/>
internal sealed class ProviderConnections(DatabaseReader database) : IProviderConnections, IOwnedConnections
{
    private const string OwnedColumns =
        "SELECT c.id, c.user_id AS UserId, u.email FROM provider_connections c JOIN users u ON u.id = c.user_id";

    private static readonly KeysetQuery Expiring = new(
        "SELECT id, user_id AS UserId, provider_slug AS ProviderSlug, credentials_expires_at AS ExpiresAt "
        + "FROM provider_connections "
        + "WHERE status = 'active' AND credentials_expires_at IS NOT NULL AND credentials_expires_at <= @threshold",
        new KeyColumn("credentials_expires_at", 3),
        new KeyColumn("id", 0));

    private static readonly KeysetQuery Active = new($"{OwnedColumns} WHERE c.status = 'active'", new KeyColumn("c.id", 0));

    public Task<long> CountActiveAsync(CancellationToken cancellationToken) =>
        database.CountAsync(
            "SELECT COUNT(*) FROM provider_connections WHERE status = 'active'", new DynamicParameters(), cancellationToken);

    public IAsyncEnumerable<ReadRow<ExpiringConnection>> ExpiringBeforeAsync(
        DateTimeOffset threshold, CancellationToken cancellationToken)
    {
        var parameters = new DynamicParameters();
        parameters.Add("threshold", database.Dialect.Parameter(threshold));
        return database.PagesAsync<ExpiringConnection>(Expiring, parameters, cancellationToken);
    }

    public IAsyncEnumerable<ReadRow<OwnedConnection>> ActiveAsync(CancellationToken cancellationToken) =>
        database.PagesAsync<OwnedConnection>(Active, new DynamicParameters(), cancellationToken);

    public async Task<IReadOnlyList<ReadRow<OwnedConnection>>> FindAsync(
        IReadOnlyCollection<Guid> ids, CancellationToken cancellationToken)
    {
        if (ids.Count == 0)
        {
            return [];
        }

        var parameters = new DynamicParameters();
        parameters.Add("ids", database.Dialect.Parameter(ids));
        return await database.ListAsync<OwnedConnection>(
            $"{OwnedColumns} WHERE {database.Dialect.IsOneOfIds("c.id")} ORDER BY c.id", parameters, cancellationToken);
    }
}
