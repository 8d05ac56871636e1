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

    [TestCase("0044-03-15 BC", 1)]
    [TestCase("0044-03-15 BC", 2)]
    [TestCase("4713-01-01 BC", 1)]
    [TestCase("0001-01-01 BC", 500)]
    public async Task A_row_that_cannot_be_read_is_named_and_hides_no_other(string expiry, int pageSize)
    {
        await _database.ExecuteAsync(
            $"UPDATE provider_connections SET credentials_expires_at = '{expiry}' WHERE id::text ~ '(05|08|09)$'");

        var rows = await ReadAsync(Now.AddHours(24), pageSize);

        using (Assert.EnterMultipleScope())
        {
            Assert.That(
                rows.Where(row => !row.IsRead).Select(row => row.Id), Is.EqualTo([Connection(5), Connection(8), Connection(9)]));
            Assert.That(rows.Where(row => !row.IsRead).Select(row => row.Problem), Has.All.Not.Contains("BC").And.All.Not.Empty);
            Assert.That(
                rows.Where(row => row.IsRead).Values().Select(Number), Is.EqualTo(["07", "06", "01", "02", "16", "17", "03"]));
        }
    }

    [Test]
    public async Task A_value_that_is_missing_against_the_schema_is_an_error_of_its_row()
    {
        await _database.ExecuteAsync("""
            ALTER TABLE users ALTER COLUMN email DROP NOT NULL;
            ALTER TABLE provider_connections ALTER COLUMN user_id DROP NOT NULL, ALTER COLUMN provider_slug DROP NOT NULL;
            UPDATE users SET email = NULL WHERE email LIKE 'carol%';
            UPDATE provider_connections SET user_id = NULL WHERE id::text LIKE '%01';
            UPDATE provider_connections SET provider_slug = NULL WHERE id::text LIKE '%02'
            """);

        var expiring = await ReadAsync(Now.AddHours(24));
        var owned = await new ProviderConnections(_database.Reader()).ActiveAsync(CancellationToken.None).ToListAsync();

        using (Assert.EnterMultipleScope())
        {
            Assert.That(expiring.Where(row => !row.IsRead).Select(row => row.Id), Is.EqualTo([Connection(1), Connection(2)]));
            Assert.That(expiring, Has.Count.EqualTo(7));
            Assert.That(owned.Where(row => !row.IsRead).Select(row => row.Id), Is.EqualTo([Connection(16)]));
        }
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
            Assert.That(found.Values().Select(row => (row.Id, row.Email)), Is.EqualTo(
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

    private async Task<List<ExpiringConnection>> ExpiringAsync(DateTimeOffset threshold, int pageSize = 500) =>
        (await ReadAsync(threshold, pageSize)).Values();

    private ValueTask<List<ReadRow<ExpiringConnection>>> ReadAsync(DateTimeOffset threshold, int pageSize = 500) =>
        new ProviderConnections(_database.Reader(pageSize)).ExpiringBeforeAsync(threshold, CancellationToken.None).ToListAsync();
}
