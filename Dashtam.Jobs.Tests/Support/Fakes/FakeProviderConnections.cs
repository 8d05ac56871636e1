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

    /// <summary>Ids of active connections that expire, whose rows cannot be read; they come first.</summary>
    public List<Guid> Unreadable { get; } = [];

    public Task<long> CountActiveAsync(CancellationToken cancellationToken) =>
        Task.FromResult((long)Rows.Count + Unreadable.Count + Endless);

    public IAsyncEnumerable<ReadRow<ExpiringConnection>> ExpiringBeforeAsync(
        DateTimeOffset threshold, CancellationToken cancellationToken) =>
        Unreadable.Select(id => new ReadRow<ExpiringConnection>(id, Value: null, "the year is out of range"))
            .Concat(Rows.Where(row => row.ExpiresAt <= threshold)
                .OrderBy(row => row.ExpiresAt)
                .Select(row => new ReadRow<ExpiringConnection>(row.Id, row, Problem: null)))
            .ToAsyncEnumerable();

    public IAsyncEnumerable<ReadRow<OwnedConnection>> ActiveAsync(CancellationToken cancellationToken) =>
        Rows.Select(Owned).ToAsyncEnumerable();

    public Task<IReadOnlyList<ReadRow<OwnedConnection>>> FindAsync(
        IReadOnlyCollection<Guid> ids, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<ReadRow<OwnedConnection>>>([.. Rows.Where(row => ids.Contains(row.Id)).Select(Owned)]);

    private ReadRow<OwnedConnection> Owned(ExpiringConnection row)
    {
        var email = Emails.GetValueOrDefault(row.UserId, $"{row.UserId:D}@example.test");
        return new(row.Id, new OwnedConnection(row.Id, row.UserId, email), Problem: null);
    }
}
