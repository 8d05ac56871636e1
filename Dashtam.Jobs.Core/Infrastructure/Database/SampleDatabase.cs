using Dapper;
using Microsoft.Data.Sqlite;

namespace Dashtam.Jobs.Core.Infrastructure.Database;

/// <summary>
/// The database of a local run: a SQLite file with the tables of <c>deploy/sql/01-schema.sql</c> and the rows of
/// <c>deploy/sql/02-seed.sql</c>. Tests compare both.
/// </summary>
/// <remarks>
/// With the default thresholds and within minutes: tokens checked 11, expiring 8; sessions checked 8, expiring 6. The rows that
/// the seed puts a microsecond past a threshold are a second inside it here, so that they count from the start.
/// </remarks>
internal static class SampleDatabase
{
    /// <summary>Makes the file anew. Readers see the old one or the new one, never a part.</summary>
    /// <param name="path">Where; a file that is there is replaced.</param>
    /// <param name="now">What the rows' times are relative to.</param>
    /// <param name="cancellationToken">Leaves the old file in place.</param>
    public static async Task CreateAsync(string path, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var draft = $"{path}.{Guid.NewGuid():N}.new";
        try
        {
            await WriteAsync(draft, now, cancellationToken);
            // Left behind by whoever opened the old file in WAL mode, they would be taken for the new one's.
            File.Delete($"{path}-wal");
            File.Delete($"{path}-shm");
            File.Move(draft, path, overwrite: true);
        }
        finally
        {
            File.Delete(draft);
        }
    }

    private static async Task WriteAsync(string path, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var file = new SqliteConnectionStringBuilder { DataSource = path, Pooling = false };
        await using var connection = new SqliteConnection(file.ConnectionString);
        await connection.OpenAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await RunAsync(SampleSchema.Tables, null);
        await RunAsync(SampleSchema.InsertUser, SeedRows.Users(now));
        await RunAsync(SampleSchema.InsertProvider, SeedRows.Providers(now));
        await RunAsync(SampleSchema.InsertConnection, SeedRows.Connections(now));
        await RunAsync(SampleSchema.InsertSession, SeedRows.Sessions(now));
        await transaction.CommitAsync(cancellationToken);

        Task RunAsync(string sql, object? rows) => connection.ExecuteAsync(
            new CommandDefinition(sql, rows, transaction, cancellationToken: cancellationToken));
    }
}
