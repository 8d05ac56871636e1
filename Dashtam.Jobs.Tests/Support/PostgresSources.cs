using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using Testcontainers.PostgreSql;

namespace Dashtam.Jobs.Tests.Support;

/// <summary>Where the run's PostgreSQL comes from.</summary>
internal static class PostgresSources
{
    private const string Image = "postgres:15";

    public static ServiceSource<PostgresServer>[] Shared =>
    [
        new("DATABASE_URL", IsReal: true, FromEnvironmentAsync),
        new("Testcontainers", IsReal: true, FromContainerAsync),
        new("local binaries", IsReal: true, FromBinariesAsync),
    ];

    private static async Task<PostgresServer> FromEnvironmentAsync()
    {
        var url = Environment.GetEnvironmentVariable("DATABASE_URL");
        return string.IsNullOrEmpty(url)
            ? throw new NoServiceException("not set")
            : await PostgresServer.ConnectAsync(TestUrls.Postgres(url), "DATABASE_URL");
    }

    private static async Task<PostgresServer> FromContainerAsync()
    {
        await DockerEngine.RequireAsync();
        var container = new PostgreSqlBuilder(Image)
            .WithLabel(DockerEngine.RunLabel, DockerEngine.Run)
            .WithLogger(NullLogger.Instance)
            .Build();
        RunEnd.Add(() => container.DisposeAsync().AsTask());
        await container.StartAsync();
        return await PostgresServer.ConnectAsync(container.GetConnectionString(), $"Testcontainers {Image}");
    }

    private static async Task<PostgresServer> FromBinariesAsync()
    {
        if (OperatingSystem.IsWindows())
        {
            throw new NoServiceException("not tried on Windows");
        }

        var folders = Directory.Exists("/usr/lib/postgresql")
            ? Directory.GetDirectories("/usr/lib/postgresql").Select(folder => Path.Combine(folder, "bin"))
            : [];
        var cluster = new PostgresCluster(LocalCommand.Find("initdb", folders), LocalCommand.Find("pg_ctl", folders));
        RunEnd.Add(cluster.RemoveAsync);
        await cluster.StartAsync();
        var port = cluster.Port.ToString(CultureInfo.InvariantCulture);
        return await PostgresServer.ConnectAsync(
            $"Host=127.0.0.1;Port={port};Username=postgres;Database=postgres", "local binaries");
    }
}
