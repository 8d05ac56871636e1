using System.Globalization;
using Dashtam.Jobs.Core.Infrastructure.Database;
using Npgsql;

namespace Dashtam.Jobs.Tests.Support;

/// <summary>A PostgreSQL database with the rows of <c>deploy/sql/02-seed.sql</c>, for one test.</summary>
internal sealed class SeededDatabase(NpgsqlDataSource source) : IAsyncDisposable
{
    private static readonly string Seed = Path.Combine(AppContext.BaseDirectory, "sql", "02-seed.sql");

    /// <summary>Makes it.</summary>
    /// <param name="now">The instant that the seed's times are relative to.</param>
    public static async Task<SeededDatabase> CreateAsync(DateTimeOffset now)
    {
        var database = new SeededDatabase(await TestServices.CreatePostgresDatabaseAsync());
        var instant = now.UtcDateTime.ToString("O", CultureInfo.InvariantCulture);
        await database.ExecuteAsync($"SET dashtam.now = '{instant}'; {await File.ReadAllTextAsync(Seed)}");
        return database;
    }

    public NpgsqlDataSource Source => source;

    public DatabaseReader Reader(int pageSize = 500) => new(source, SqlDialect.PostgreSql, connections: 5) { PageSize = pageSize };

    public async Task ExecuteAsync(string sql)
    {
        await using var command = source.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }

    /// <summary>How many connections run a statement or hold a transaction; the one that asks is among them.</summary>
    public async Task<long> CountBusyAsync()
    {
        await using var command = source.CreateCommand(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND state <> 'idle'");
        return (long)(await command.ExecuteScalarAsync())!; // count(*) is never null
    }

    public ValueTask DisposeAsync() => source.DisposeAsync();
}
