#if EMBEDDED_REDIS
using Dashtam.Jobs.Core.Infrastructure;
using Dashtam.Jobs.Scheduler.LocalRun;
#endif
using Microsoft.Extensions.Logging.Abstractions;
using StackExchange.Redis;
using Testcontainers.Redis;

namespace Dashtam.Jobs.Tests.Support;

/// <summary>Where the run's Redis comes from.</summary>
internal static class RedisSources
{
    /// <summary>What production runs.</summary>
    public const string Image = "redis:8.0";

    public static ServiceSource<TestRedis>[] Shared =>
    [
        new("REDIS_URL", IsReal: true, FromEnvironmentAsync),
        new("Testcontainers", IsReal: true, FromContainerAsync),
        new("redis-server", IsReal: true, FromProcessAsync),
#if EMBEDDED_REDIS
        new("Garnet", IsReal: false, TestServices.GarnetAsync),
#endif
    ];

    /// <summary>The server that a local run embeds, as it embeds it.</summary>
    public static ServiceSource<TestRedis>[] Garnet =>
    [
#if EMBEDDED_REDIS
        new("Garnet", IsReal: true, FromGarnetAsync),
#endif
    ];

    /// <summary>A server for one test alone.</summary>
    public static ServiceSource<OwnRedis>[] Own(IReadOnlyList<string> serverArguments) =>
        [Process(serverArguments), Container(serverArguments)];

    /// <summary>The <c>redis-server</c> on the PATH, of whatever version.</summary>
    public static ServiceSource<OwnRedis> Process(IReadOnlyList<string> serverArguments) =>
        new("redis-server", IsReal: true, () => OwnProcessAsync(serverArguments));

    /// <summary>A container of <see cref="Image"/>.</summary>
    public static ServiceSource<OwnRedis> Container(IReadOnlyList<string> serverArguments) =>
        new("Docker", IsReal: true, () => OwnContainerAsync(serverArguments));

    private static async Task<TestRedis> FromEnvironmentAsync()
    {
        var url = Environment.GetEnvironmentVariable("REDIS_URL");
        return string.IsNullOrEmpty(url)
            ? throw new NoServiceException("not set")
            : await DescribeAsync(TestUrls.Redis(url), "REDIS_URL");
    }

    private static async Task<TestRedis> FromContainerAsync()
    {
        await DockerEngine.RequireAsync();
        var container = new RedisBuilder(Image)
            .WithLabel(DockerEngine.RunLabel, DockerEngine.Run)
            .WithCommand("redis-server", "--save", "", "--appendonly", "yes")
            .WithLogger(NullLogger.Instance)
            .Build();
        RunEnd.Add(() => container.DisposeAsync().AsTask());
        await container.StartAsync();
        return await DescribeAsync(container.GetConnectionString(), $"Testcontainers {Image}");
    }

    private static async Task<TestRedis> FromProcessAsync()
    {
        var server = await OwnProcessAsync(["--appendonly", "yes"]);
        return await DescribeAsync(server.ConnectionString, "redis-server on the PATH");
    }

#if EMBEDDED_REDIS
    private static async Task<TestRedis> FromGarnetAsync()
    {
        var local = new LocalMode(EmbedsRedis: true, EmbedsDatabase: true, LocalCommand.FreePort());
        var server = new EmbeddedRedis(local, NullLogger<EmbeddedRedis>.Instance);
        RunEnd.Add(() => Task.Run(server.Dispose));
        await server.StartAsync(CancellationToken.None);
        return await DescribeAsync(string.Create(null, $"127.0.0.1:{local.RedisPort}"), "embedded");
    }
#endif

    private static async Task<OwnRedis> OwnProcessAsync(IReadOnlyList<string> serverArguments) =>
        await StartAsync(new RedisProcess(LocalCommand.Find("redis-server"), serverArguments));

    private static async Task<OwnRedis> OwnContainerAsync(IReadOnlyList<string> serverArguments)
    {
        await DockerEngine.RequireAsync();
        return await StartAsync(new RedisContainer(serverArguments));
    }

    private static async Task<OwnRedis> StartAsync(OwnRedis server)
    {
        RunEnd.Add(() => server.DisposeAsync().AsTask());
        await server.StartAsync();
        return server;
    }

    private static async Task<TestRedis> DescribeAsync(string connectionString, string origin)
    {
        // INFO counts as an administrator's command.
        var options = ConfigurationOptions.Parse(connectionString);
        options.AllowAdmin = true;
        await using var connection = await ConnectionMultiplexer.ConnectAsync(options);
        var database = connection.GetDatabase();
        var info = (string?)await database.ExecuteAsync("INFO") ?? "";
        var garnet = Field(info, "garnet_version");
        var version = garnet ?? Field(info, "redis_version") ?? "of unknown version";
        var hasAppendOnlyFile = Field(info, "aof_enabled") == "1";
        return new TestRedis(
            connectionString,
            $"{(garnet is null ? "Redis" : "Garnet")} {version} ({origin})",
            IsReal: garnet is null,
            SupportsStreams: await KnowsAsync(database, "XLEN", "dashtam-jobs-tests:none"),
            SupportsWaitAof: hasAppendOnlyFile && await KnowsAsync(database, "WAITAOF", 0, 0, 1));
    }

    private static string? Field(string info, string name) => info.Split('\n')
        .FirstOrDefault(line => line.StartsWith(name + ':', StringComparison.Ordinal))?[(name.Length + 1)..].Trim();

    private static async Task<bool> KnowsAsync(IDatabase database, string command, params object[] arguments)
    {
        try
        {
            await database.ExecuteAsync(command, arguments);
            return true;
        }
        catch (RedisServerException)
        {
            return false;
        }
    }
}
