using System.Globalization;
using Dapper;
using Dashtam.Jobs.Core.Infrastructure.Database;
using Dashtam.Jobs.Tests.Support;
using NUnit.Framework;

namespace Dashtam.Jobs.Tests.Unit.Core.Infrastructure.Database;

[Category("Unit")]
internal sealed class SampleDatabaseTests
{
    private static readonly DateTimeOffset Now =
        DateTimeOffset.Parse("2026-01-02T03:04:05.6789012Z", CultureInfo.InvariantCulture);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("dashtam-sample-");

    private string File => Path.Combine(_folder.FullName, "sample.db");

    [TearDown]
    public void RemoveFolder() => _folder.Delete(recursive: true);

    [TestCase(0, 2)]
    [TestCase(0, 500)]
    [TestCase(240, 3)]
    public async Task Within_minutes_of_its_making_as_many_rows_expire_as_the_seed_says(int secondsLater, int pageSize)
    {
        await SampleDatabase.CreateAsync(File, Now, CancellationToken.None);
        var database = Reader(pageSize);
        var now = Now.AddSeconds(secondsLater);
        var connections = new ProviderConnections(database);
        var sessions = new Dashtam.Jobs.Core.Infrastructure.Database.Sessions(database);

        var tokens = (await connections.ExpiringBeforeAsync(now.AddHours(24), CancellationToken.None).ToListAsync()).Values();
        var expiring = (await sessions.ExpiringBetweenAsync(now, now.AddMinutes(15), CancellationToken.None).ToListAsync()).Values();

        using (Assert.EnterMultipleScope())
        {
            Assert.That(await connections.CountActiveAsync(CancellationToken.None), Is.EqualTo(11));
            Assert.That(tokens.Select(row => row.Id).Distinct().Count(), Is.EqualTo(8));
            Assert.That(tokens, Has.Count.EqualTo(8).And.Ordered.By(nameof(ExpiringConnection.ExpiresAt)));
            Assert.That(await sessions.CountActiveAsync(now, CancellationToken.None), Is.EqualTo(8));
            Assert.That(expiring, Has.Count.EqualTo(6).And.Ordered.By(nameof(ExpiringSession.ExpiresAt)));
        }
    }

    [Test]
    public async Task Times_are_kept_to_the_microsecond()
    {
        await SampleDatabase.CreateAsync(File, Now, CancellationToken.None);

        var first = await new ProviderConnections(Reader()).ExpiringBeforeAsync(Now, CancellationToken.None).FirstAsync();

        Assert.That(first.Value?.ExpiresAt, Is.EqualTo(Now.AddDays(-90).AddTicks(-2)));
    }

    [Test]
    public async Task Connections_are_found_with_their_owners()
    {
        await SampleDatabase.CreateAsync(File, Now, CancellationToken.None);
        var connections = new ProviderConnections(Reader(pageSize: 4));

        var active = await connections.ActiveAsync(CancellationToken.None).ToListAsync();
        var found = await connections.FindAsync([Connection(16), Connection(11), Guid.NewGuid()], CancellationToken.None);
        var none = await connections.FindAsync([], CancellationToken.None);

        using (Assert.EnterMultipleScope())
        {
            Assert.That(active, Has.Count.EqualTo(11));
            Assert.That(found.Values().Select(row => (row.Id, row.Email)), Is.EqualTo(
                [(Connection(11), "alice@example.test"), (Connection(16), "carol@example.test")]));
            Assert.That(none, Is.Empty);
        }
    }

    [Test]
    public async Task A_new_file_takes_the_place_of_the_old_one_for_those_that_read_it()
    {
        await SampleDatabase.CreateAsync(File, Now.AddDays(-30), CancellationToken.None);
        var connections = new ProviderConnections(Reader());
        await connections.CountActiveAsync(CancellationToken.None);
        await System.IO.File.WriteAllTextAsync($"{File}-wal", "old");

        await SampleDatabase.CreateAsync(File, Now, CancellationToken.None);

        var rows = await connections.ExpiringBeforeAsync(Now.AddHours(24), CancellationToken.None).CountAsync();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(rows, Is.EqualTo(8));
            Assert.That(_folder.GetFiles().Select(file => file.Name), Is.EqualTo(["sample.db"]));
        }
    }

    [TestCase("users")]
    [TestCase("providers")]
    [TestCase("provider_connections")]
    [TestCase("sessions")]
    public async Task A_table_has_the_columns_that_it_has_in_PostgreSQL_and_those_that_may_be_NULL_there(string table)
    {
        await SampleDatabase.CreateAsync(File, Now, CancellationToken.None);
        var postgres = SchemaFile.Columns(table);

        await using var connection = await DatabaseServices.SampleSource(File).OpenConnectionAsync();
        var sqlite = await connection.QueryAsync<string>($"SELECT name || CASE WHEN [notnull] THEN ' NOT NULL' ELSE '' END FROM pragma_table_info('{table}')");

        Assert.That(postgres, Has.Count.GreaterThan(9), "the schema's lines are found at all");
        Assert.That(sqlite, Is.EqualTo(postgres), "SampleSchema.cs beside deploy/sql/01-schema.sql");
    }

    [Test]
    public void There_is_no_further_table_in_the_schema() => Assert.That(
        SchemaFile.Tables(), Is.EquivalentTo(["users", "providers", "provider_connections", "sessions"]));

    private static Guid Connection(int number) =>
        Guid.Parse(string.Create(CultureInfo.InvariantCulture, $"5eed0002-0000-7000-8000-{number:000000000000}"));

    private DatabaseReader Reader(int pageSize = 500) =>
        new(DatabaseServices.SampleSource(File), SqlDialect.Sqlite, connections: 5) { PageSize = pageSize };
}
