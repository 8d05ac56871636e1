using Dapper;

namespace Dashtam.Jobs.Core.Infrastructure.Database.Example;

/// <inheritdoc cref="IUntrustedSessions"/>
internal sealed class UntrustedSessions(DatabaseReader database) : IUntrustedSessions
{
    public Task<long> CountAsync(CancellationToken cancellationToken) => database.CountAsync(
        "SELECT COUNT(*) FROM sessions WHERE NOT is_trusted AND revoked_at IS NULL", new DynamicParameters(), cancellationToken);
}
