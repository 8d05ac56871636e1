using Dashtam.Jobs.Core.Infrastructure.Database;

namespace Dashtam.Jobs.Tests.Support.Fakes;

/// <summary>Sessions in memory, none of them revoked.</summary>
internal sealed class FakeSessions : ISessions
{
    public List<ExpiringSession> Rows { get; } = [];

    /// <summary>Sessions that never expire.</summary>
    public int Endless { get; set; }

    public ExpiringSession Add(DateTimeOffset expiresAt)
    {
        var row = new ExpiringSession(Guid.NewGuid(), Guid.NewGuid(), expiresAt);
        Rows.Add(row);
        return row;
    }

    public Task<long> CountActiveAsync(DateTimeOffset now, CancellationToken cancellationToken) =>
        Task.FromResult((long)Rows.Count(row => row.ExpiresAt > now) + Endless);

    public IAsyncEnumerable<ReadRow<ExpiringSession>> ExpiringBetweenAsync(
        DateTimeOffset now, DateTimeOffset threshold, CancellationToken cancellationToken) =>
        Rows.Where(row => row.ExpiresAt > now && row.ExpiresAt <= threshold)
            .OrderBy(row => row.ExpiresAt)
            .Select(row => new ReadRow<ExpiringSession>(row.Id, row, Problem: null))
            .ToAsyncEnumerable();
}
