using Dapper;

namespace Dashtam.Jobs.Core.Infrastructure.Database;

/// <inheritdoc cref="ISessions"/>
internal sealed class Sessions(DatabaseReader database) : ISessions
{
    private static readonly KeysetQuery Expiring = new(
        "SELECT id, user_id AS UserId, expires_at AS ExpiresAt FROM sessions "
        + "WHERE revoked_at IS NULL AND expires_at IS NOT NULL AND expires_at > @now AND expires_at <= @threshold",
        new KeyColumn("expires_at", 2),
        new KeyColumn("id", 0));

    public Task<long> CountActiveAsync(DateTimeOffset now, CancellationToken cancellationToken)
    {
        var parameters = new DynamicParameters();
        parameters.Add("now", database.Dialect.Parameter(now));
        return database.CountAsync(
            "SELECT COUNT(*) FROM sessions WHERE revoked_at IS NULL AND (expires_at IS NULL OR expires_at > @now)",
            parameters,
            cancellationToken);
    }

    public IAsyncEnumerable<ReadRow<ExpiringSession>> ExpiringBetweenAsync(
        DateTimeOffset now, DateTimeOffset threshold, CancellationToken cancellationToken)
    {
        var parameters = new DynamicParameters();
        parameters.Add("now", database.Dialect.Parameter(now));
        parameters.Add("threshold", database.Dialect.Parameter(threshold));
        return database.PagesAsync<ExpiringSession>(Expiring, parameters, cancellationToken);
    }
}
