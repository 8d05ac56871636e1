using System.Data.Common;
using Dapper;

namespace Dashtam.Jobs.Core.Infrastructure.Database;

/// <inheritdoc cref="IProviderConnections"/>
internal sealed class ProviderConnections(DatabaseReader database) : IProviderConnections, IOwnedConnections
{
    private const string OwnedColumns =
        "SELECT c.id, c.user_id, u.email FROM provider_connections c JOIN users u ON u.id = c.user_id";

    private readonly KeysetQuery<ExpiringConnection> _expiring = new(
        "SELECT id, user_id, provider_slug, credentials_expires_at FROM provider_connections "
        + "WHERE status = 'active' AND credentials_expires_at IS NOT NULL AND credentials_expires_at <= @threshold",
        ["credentials_expires_at", "id"],
        row => new(row.GetGuid(0), row.GetGuid(1), row.GetString(2), row.GetFieldValue<DateTimeOffset>(3)),
        row => [database.Dialect.Parameter(row.ExpiresAt), database.Dialect.Parameter(row.Id)]);

    private readonly KeysetQuery<OwnedConnection> _active = new(
        $"{OwnedColumns} WHERE c.status = 'active'", ["c.id"], ReadOwned, row => [database.Dialect.Parameter(row.Id)]);

    public Task<long> CountActiveAsync(CancellationToken cancellationToken) =>
        database.CountAsync(
            "SELECT COUNT(*) FROM provider_connections WHERE status = 'active'", new DynamicParameters(), cancellationToken);

    public IAsyncEnumerable<ExpiringConnection> ExpiringBeforeAsync(
        DateTimeOffset threshold, CancellationToken cancellationToken)
    {
        var parameters = new DynamicParameters();
        parameters.Add("threshold", database.Dialect.Parameter(threshold));
        return database.PagesAsync(_expiring, parameters, cancellationToken);
    }

    public IAsyncEnumerable<OwnedConnection> ActiveAsync(CancellationToken cancellationToken) =>
        database.PagesAsync(_active, new DynamicParameters(), cancellationToken);

    public async Task<IReadOnlyList<OwnedConnection>> FindAsync(
        IReadOnlyCollection<Guid> ids, CancellationToken cancellationToken)
    {
        if (ids.Count == 0)
        {
            return [];
        }

        var parameters = new DynamicParameters();
        parameters.Add("ids", database.Dialect.Parameter(ids));
        return await database.ListAsync(
            $"{OwnedColumns} WHERE {database.Dialect.IsOneOfIds("c.id")} ORDER BY c.id",
            parameters,
            ReadOwned,
            cancellationToken);
    }

    private static OwnedConnection ReadOwned(DbDataReader row) => new(row.GetGuid(0), row.GetGuid(1), row.GetString(2));
}
