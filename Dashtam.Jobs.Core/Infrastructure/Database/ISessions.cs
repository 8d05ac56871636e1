namespace Dashtam.Jobs.Core.Infrastructure.Database;

/// <summary>A session that is still valid and expires soon.</summary>
internal sealed record ExpiringSession(Guid Id, Guid UserId, DateTimeOffset ExpiresAt) : IExpiring;

/// <summary>
/// Users' sessions: table <c>sessions</c>, read only. <c>revoked_at</c> decides; <c>is_revoked</c> is not looked at.
/// </summary>
internal interface ISessions
{
    /// <summary>How many sessions are valid at an instant, whether they expire or not.</summary>
    Task<long> CountActiveAsync(DateTimeOffset now, CancellationToken cancellationToken);

    /// <summary>Sessions that expire after <paramref name="now"/> and at or before an instant, the earliest first.</summary>
    IAsyncEnumerable<ReadRow<ExpiringSession>> ExpiringBetweenAsync(
        DateTimeOffset now, DateTimeOffset threshold, CancellationToken cancellationToken);
}
