using System.Globalization;
using Dashtam.Jobs.Core.Infrastructure.Database;
using Dashtam.Jobs.Tests.Support;
using NUnit.Framework;

namespace Dashtam.Jobs.Tests.Integration.Core.Infrastructure.Database;

[Category("Integration")]
internal sealed class ProviderConnectionsTests
{
    private static readonly DateTimeOffset Now =
        DateTimeOffset.Parse("2026-01-02T03:04:05.678901Z", CultureInfo.InvariantCulture);

    private SeededDatabase _database = null!; // made by SetUp

    [SetUp]
    public async Task Seed() => _database = await SeededDatabase.CreateAsync(Now);

    [TearDown]
    public ValueTask DisposeDatabase() => Disposal.DisposeAllAsync(_database);

    [TestCase(1)]
    [TestCase(2)]
    [TestCase(7)]
    [TestCase(500)]
    public async Task What_expires_comes_in_order_of_expiry_and_then_of_id(int pageSize)
    {
        var rows = await ExpiringAsync(Now.AddHours(24), pageSize);

        Assert.That(rows.Select(Number), Is.EqualTo(["07", "06", "01", "02", "16", "17", "03"]));
    }

    [Test]
    public async Task A_row_has_what_the_event_needs()
    {
        var rows = await ExpiringAsync(Now.AddHours(24));

        var longest = rows.Single(row => Number(row) == "16");
        using (Assert.EnterMultipleScope())
        {
            Assert.That(longest.UserId, Is.EqualTo(Guid.Parse("5eed0000-0000-7000-8000-000000000003")));
            Assert.That(longest.ProviderSlug, Has.Length.EqualTo(50));
            Assert.That(longest.ExpiresAt, Is.EqualTo(Now.AddMinutes(1439)));
        }
    }

    [TestCase(0, 7)]
    [TestCase(9, 7)]
    [TestCase(10, 8)]
    [TestCase(-1, 6)]
    public async Task A_threshold_counts_in_whole_microseconds(int ticks, int expected)
    {
        var rows = await ExpiringAsync(Now.AddHours(24).AddTicks(ticks));

        Assert.That(rows, Has.Count.EqualTo(expected));
    }

    [Test]
    public async Task A_threshold_of_another_zone_is_the_same_instant()
    {
        var rows = await ExpiringAsync(Now.AddHours(24).ToOffset(TimeSpan.FromHours(-7)));

        Assert.That(rows, Has.Count.EqualTo(7));
    }

    [Test]
    public async Task Only_active_connections_count() =>
        Assert.That(
            await new ProviderConnections(_database.Reader()).CountActiveAsync(CancellationToken.None), Is.EqualTo(11));

    [Test]
    public async Task Many_rows_of_one_instant_are_each_read_once()
    {
        await _database.ExecuteAsync("""
            INSERT INTO provider_connections (id, user_id, provider_id, provider_slug, status, credentials_expires_at)
            SELECT gen_random_uuid(), '5eed0000-0000-7000-8000-000000000001', '5eed0001-0000-7000-8000-000000000001',
                   'schwab', 'active', timestamptz '2025-12-31T23:59:59.000001Z' + (n % 3) * interval '1 microsecond'
            FROM generate_series(1, 1100) AS n
            """);

        var rows = await ExpiringAsync(Now.AddHours(24));

        using (Assert.EnterMultipleScope())
        {
            Assert.That(rows, Has.Count.EqualTo(1107));
            Assert.That(rows.Select(row => row.Id).ToHashSet(), Has.Count.EqualTo(1107));
            Assert.That(rows, Is.Ordered.By(nameof(ExpiringConnection.ExpiresAt)));
        }
    }

    [Test]
    public async Task No_connection_is_held_while_a_row_is_dealt_with()
    {
        var connections = new ProviderConnections(_database.Reader(pageSize: 2));
        var open = new List<long>();

        await foreach (var _ in connections.ExpiringBeforeAsync(Now.AddHours(24), CancellationToken.None))
        {
            open.Add(await _database.CountBusyAsync());
        }

        Assert.That(open, Has.Count.EqualTo(7).And.All.EqualTo(1));
    }

    [TestCase("infinity", 7)]
    [TestCase("-infinity", 8)]
    public async Task Infinite_times_are_compared_as_postgresql_does(string expiry, int expected)
    {
        await _database.ExecuteAsync(
            $"UPDATE provider_connections SET credentials_expires_at = '{expiry}' WHERE id::text LIKE '%05'");

        var rows = await ExpiringAsync(Now.AddHours(24), pageSize: 1);

        Assert.That(rows, Has.Count.EqualTo(expected));
    }

    [Test]
    public async Task Connections_are_found_with_their_owners_whatever_their_status()
    {
        var connections = new ProviderConnections(_database.Reader(pageSize: 4));
        Guid[] ids = [Connection(16), Connection(11), Guid.NewGuid()];

        var active = await connections.ActiveAsync(CancellationToken.None).ToListAsync();
        var found = await connections.FindAsync(ids, CancellationToken.None);

        using (Assert.EnterMultipleScope())
        {
            Assert.That(active, Has.Count.EqualTo(11).And.Ordered.By(nameof(OwnedConnection.Id)));
            Assert.That(found.Select(row => (row.Id, row.Email)), Is.EqualTo(
                [(Connection(11), "alice@example.test"), (Connection(16), "carol@example.test")]));
        }
    }

    [Test]
    public void A_cancelled_run_reads_no_further()
    {
        using var run = new CancellationTokenSource();
        run.Cancel();

        Assert.That(
            async () => await new ProviderConnections(_database.Reader()).CountActiveAsync(run.Token),
            Throws.InstanceOf<OperationCanceledException>());
    }

    private static Guid Connection(int number) =>
        Guid.Parse(string.Create(CultureInfo.InvariantCulture, $"5eed0002-0000-7000-8000-{number:000000000000}"));

    private static string Number(ExpiringConnection row) => row.Id.ToString("D")[^2..];

    private ValueTask<List<ExpiringConnection>> ExpiringAsync(DateTimeOffset threshold, int pageSize = 500) =>
        new ProviderConnections(_database.Reader(pageSize)).ExpiringBeforeAsync(threshold, CancellationToken.None).ToListAsync();
}
