using Dashtam.Jobs.Tests.Support;
using Npgsql;
using NUnit.Framework;

namespace Dashtam.Jobs.Tests.Integration.Core.Infrastructure.Database;

/// <summary>The role of <c>deploy/sql/03-role.sql</c>.</summary>
[Category("Integration")]
internal sealed class DatabaseRoleTests
{
    private NpgsqlDataSource _database = null!;
    private NpgsqlConnection _connection = null!;

    [SetUp]
    public async Task SetUp()
    {
        _database = await TestServices.CreatePostgresDatabaseAsync();
        _connection = await _database.OpenConnectionAsync();
        foreach (var file in (string[])["02-seed.sql", "03-role.sql", "03-role.sql"])
        {
            await ExecuteAsync(await File.ReadAllTextAsync(Path.Combine(AppContext.BaseDirectory, "sql", file)));
        }

        await ExecuteAsync("SET SESSION AUTHORIZATION dashtam_jobs");
    }

    [TearDown]
    public async Task TearDown()
    {
        await ExecuteAsync("RESET SESSION AUTHORIZATION; DROP OWNED BY dashtam_jobs");
        await _connection.DisposeAsync();
        await _database.DisposeAsync();
    }

    [TestCase("users")]
    [TestCase("provider_connections")]
    [TestCase("sessions")]
    public async Task It_reads_what_jobs_read_and_writes_nothing(string table)
    {
        await ExecuteAsync($"SELECT * FROM {table}");

        Assert.That(() => ExecuteAsync($"SET default_transaction_read_only = off; DELETE FROM {table}"), Refused);
        Assert.That(() => ExecuteAsync($"INSERT INTO {table} DEFAULT VALUES"), Refused);
    }

    [Test]
    public void It_reads_no_other_table_and_makes_none()
    {
        Assert.That(() => ExecuteAsync("SELECT * FROM providers"), Refused);
        Assert.That(() => ExecuteAsync("CREATE TABLE mine (id int)"), Refused);
    }

    private static NUnit.Framework.Constraints.IResolveConstraint Refused =>
        Throws.InstanceOf<PostgresException>().With.Property(nameof(PostgresException.SqlState)).EqualTo("42501");

    private async Task ExecuteAsync(string sql)
    {
        await using var command = new NpgsqlCommand(sql, _connection);
        await command.ExecuteNonQueryAsync();
    }
}
