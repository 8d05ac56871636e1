using Dashtam.Jobs.Core.Infrastructure.Database;

namespace Dashtam.Jobs.Tests.Support.Fakes;

/// <summary>Connections in memory, all of them active.</summary>
internal sealed class FakeProviderConnections : IProviderConnections
{
    public List<ExpiringConnection> Rows { get; } = [];

    /// <summary>Owners by user id; a user without one has an address made of the id.</summary>
    public Dictionary<Guid, string> Emails { get; } = [];

    /// <summary>Active connections whose credentials never expire.</summary>
    public int Endless { get; set; }

    public ExpiringConnection Add(DateTimeOffset expiresAt, string slug = "schwab")
    {
        var row = new ExpiringConnection(Guid.NewGuid(), Guid.NewGuid(), slug, expiresAt);
        Rows.Add(row);
        return row;
    }

    public Task<long> CountActiveAsync(CancellationToken cancellationToken) => Task.FromResult((long)Rows.Count + Endless);

    public IAsyncEnumerable<ExpiringConnection> ExpiringBeforeAsync(
        DateTimeOffset threshold, CancellationToken cancellationToken) =>
        Rows.Where(row => row.ExpiresAt <= threshold).OrderBy(row => row.ExpiresAt).ToAsyncEnumerable();

    public IAsyncEnumerable<OwnedConnection> ActiveAsync(CancellationToken cancellationToken) =>
        Rows.Select(Owned).ToAsyncEnumerable();

    public Task<IReadOnlyList<OwnedConnection>> FindAsync(
        IReadOnlyCollection<Guid> ids, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<OwnedConnection>>([.. Rows.Where(row => ids.Contains(row.Id)).Select(Owned)]);

    private OwnedConnection Owned(ExpiringConnection row) =>
        new(row.Id, row.UserId, Emails.GetValueOrDefault(row.UserId, $"{row.UserId:D}@example.test"));
}
