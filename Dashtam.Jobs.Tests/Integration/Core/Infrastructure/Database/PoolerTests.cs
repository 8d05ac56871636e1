using System.Globalization;
using Dapper;
using Dashtam.Jobs.Core.Infrastructure.Database;
using Dashtam.Jobs.Tests.Support;
using Npgsql;
using NUnit.Framework;

namespace Dashtam.Jobs.Tests.Integration.Core.Infrastructure.Database;

/// <summary>A real PgBouncer between this service and a real PostgreSQL.</summary>
[Category("Integration")]
internal sealed class PoolerTests
{
    // In session mode each connection of ours holds one of the pooler's, also while it is idle.
    [TestCase("session", 4)]
    [TestCase("transaction", 2)]
    [TestCase("statement", 1)]
    public async Task Everything_that_jobs_read_is_read_through_a_pooler(string mode, int serverConnections)
    {
        var now = DateTimeOffset.Parse("2026-01-02T03:04:05.678901Z", CultureInfo.InvariantCulture);
        await using var database = await SeededDatabase.CreateAsync(now);
        await using var pooler = await PgBouncer.StartAsync(database.Source, mode, serverConnections);
        await using var source = NpgsqlDataSource.Create(DatabaseUrl.Parse("DATABASE_URL", pooler.Url, poolSize: 4));
        using var reader = new DatabaseReader(source, SqlDialect.PostgreSql, connections: 4) { PageSize = 3 };
        var connections = new ProviderConnections(reader);
        var sessions = new Jobs.Core.Infrastructure.Database.Sessions(reader);

        // More at once than the pooler has connections, and twice, so that each is used again.
        var rounds = await Task.WhenAll(Enumerable.Range(0, 8).Select(async _ => (
            Active: await connections.CountActiveAsync(CancellationToken.None),
            Expiring: await connections.ExpiringBeforeAsync(now.AddHours(24), CancellationToken.None).CountAsync(),
            Owned: await connections.ActiveAsync(CancellationToken.None).CountAsync(),
            Sessions: await sessions.ExpiringBetweenAsync(now, now.AddMinutes(15), CancellationToken.None).CountAsync())));

        Assert.That(rounds, Is.All.EqualTo((11L, 7, 11, 5)));
    }

    [Test]
    public async Task Who_finds_all_connections_in_use_waits_for_longer_than_connecting_may_take()
    {
        await using var database = await SeededDatabase.CreateAsync(DateTimeOffset.UtcNow);
        var one = new NpgsqlConnectionStringBuilder(database.Source.ConnectionString) { MaxPoolSize = 1, Timeout = 1 };
        await using var source = NpgsqlDataSource.Create(one);
        using var reader = new DatabaseReader(source, SqlDialect.PostgreSql, connections: 1);
        var slow = reader.CountAsync(
            "SELECT count(*) FROM pg_sleep(1.5)", new DynamicParameters(), CancellationToken.None);

        var active = await new ProviderConnections(reader).CountActiveAsync(CancellationToken.None);

        Assert.That(slow.IsCompletedSuccessfully, Is.True, "it was waited for");
        Assert.That(active, Is.EqualTo(11));
    }

    [Test]
    public async Task Who_waits_for_a_connection_stops_when_its_job_does()
    {
        await using var database = await SeededDatabase.CreateAsync(DateTimeOffset.UtcNow);
        using var reader = new DatabaseReader(database.Source, SqlDialect.PostgreSql, connections: 1);
        using var slowRun = new CancellationTokenSource();
        using var run = new CancellationTokenSource();
        var slow = reader.CountAsync("SELECT count(*) FROM pg_sleep(60)", new DynamicParameters(), slowRun.Token);
        var waits = new ProviderConnections(reader).CountActiveAsync(run.Token);

        await run.CancelAsync();

        Assert.That(() => waits, Throws.InstanceOf<OperationCanceledException>());
        await slowRun.CancelAsync();
        Assert.That(() => slow, Throws.InstanceOf<OperationCanceledException>());
        Assert.That(await reader.CountAsync("SELECT 7", new DynamicParameters(), CancellationToken.None), Is.EqualTo(7));
    }
}
