using Npgsql;

namespace Dashtam.Jobs.Tests.Support;

/// <summary>The PostgreSQL server that the whole run shares: each test gets a database of its own there.</summary>
internal sealed class PostgresServer
{
    private static readonly string Schema = Path.Combine(AppContext.BaseDirectory, "sql", "01-schema.sql");
    private readonly string _connectionString;

    private PostgresServer(string connectionString, string description) =>
        (_connectionString, Description) = (connectionString, description);

    public string Description { get; }

    public static async Task<PostgresServer> ConnectAsync(string connectionString, string origin)
    {
        await using var connection = new NpgsqlConnection(Unpooled(connectionString));
        await connection.OpenAsync();
        return new PostgresServer(connectionString, $"PostgreSQL {connection.PostgreSqlVersion.ToString(2)} ({origin})");
    }

    /// <summary>A new database with dashtam-api's tables, dropped at the end of the run.</summary>
    public async Task<NpgsqlDataSource> CreateDatabaseAsync()
    {
        var name = $"dashtam_jobs_test_{Guid.NewGuid():N}";
        await ExecuteAsync($"CREATE DATABASE {name}");
        RunEnd.Add(() => ExecuteAsync($"DROP DATABASE IF EXISTS {name} WITH (FORCE)"));

        // The password stays readable, so that a test may hand the connection string to a process.
        var settings = new NpgsqlConnectionStringBuilder(_connectionString)
        {
            Database = name,
            MaxPoolSize = 10,
            PersistSecurityInfo = true,
        };
        var database = NpgsqlDataSource.Create(settings);
        await using var schema = database.CreateCommand(await File.ReadAllTextAsync(Schema));
        await schema.ExecuteNonQueryAsync();
        return database;
    }

    private async Task ExecuteAsync(string sql)
    {
        await using var connection = new NpgsqlConnection(Unpooled(_connectionString));
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }

    private static string Unpooled(string connectionString) =>
        new NpgsqlConnectionStringBuilder(connectionString) { Pooling = false }.ConnectionString;
}
