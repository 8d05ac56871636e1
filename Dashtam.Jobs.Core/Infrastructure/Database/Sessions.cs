using Dapper;

namespace Dashtam.Jobs.Core.Infrastructure.Database;

/// <inheritdoc cref="ISessions"/>
internal sealed class Sessions(DatabaseReader database) : ISessions
{
    private readonly KeysetQuery<ExpiringSession> _expiring = new(
        "SELECT id, user_id, expires_at FROM sessions "
        + "WHERE revoked_at IS NULL AND expires_at IS NOT NULL AND expires_at > @now AND expires_at <= @threshold",
        ["expires_at", "id"],
        row => new(row.GetGuid(0), row.GetGuid(1), row.GetFieldValue<DateTimeOffset>(2)),
        row => [database.Dialect.Parameter(row.ExpiresAt), database.Dialect.Parameter(row.Id)]);

    public Task<long> CountActiveAsync(DateTimeOffset now, CancellationToken cancellationToken)
    {
        var parameters = new DynamicParameters();
        parameters.Add("now", database.Dialect.Parameter(now));
        return database.CountAsync(
            "SELECT COUNT(*) FROM sessions WHERE revoked_at IS NULL AND (expires_at IS NULL OR expires_at > @now)",
            parameters,
            cancellationToken);
    }

    public IAsyncEnumerable<ExpiringSession> ExpiringBetweenAsync(
        DateTimeOffset now, DateTimeOffset threshold, CancellationToken cancellationToken)
    {
        var parameters = new DynamicParameters();
        parameters.Add("now", database.Dialect.Parameter(now));
        parameters.Add("threshold", database.Dialect.Parameter(threshold));
        return database.PagesAsync(_expiring, parameters, cancellationToken);
    }
}
