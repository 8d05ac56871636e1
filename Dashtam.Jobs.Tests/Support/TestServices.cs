using Npgsql;
using NUnit.Framework;

namespace Dashtam.Jobs.Tests.Support;

/// <summary>The servers that integration tests run against: started when a test first asks, stopped when the run ends.</summary>
/// <remarks>
/// Where a service is missing, the test that asks is ignored with the reason; <c>REQUIRE_SERVICES=1</c> makes it fail, and
/// refuses the embedded Garnet.
/// </remarks>
internal static class TestServices
{
    private static readonly ServiceSearch<TestRedis> Redis = new("Redis", redis => redis.Description, RedisSources.Shared);

    private static readonly ServiceSearch<TestRedis> Garnet = new("Garnet", redis => redis.Description, RedisSources.Garnet);

    private static readonly ServiceSearch<PostgresServer> Postgres =
        new("PostgreSQL", server => server.Description, PostgresSources.Shared);

    /// <summary>Whether a missing real service is a failure.</summary>
    public static bool AreRequired { get; } = Environment.GetEnvironmentVariable("REQUIRE_SERVICES") is "1" or "true";

    /// <summary>What the run used.</summary>
    public static string Description => $"{Redis.Description}, {Garnet.Description}, {Postgres.Description}";

    /// <summary>
    /// The run's Redis: <c>REDIS_URL</c>, Testcontainers, a <c>redis-server</c> on the PATH, embedded Garnet. To a fixture that
    /// <see cref="OnEachServerAttribute"/> runs on Garnet, Garnet.
    /// </summary>
    public static Task<TestRedis> RedisAsync() => IsOnGarnet ? GarnetAsync() : Redis.GetAsync();

    /// <summary>The server that a local run embeds; one for the whole run.</summary>
    public static Task<TestRedis> GarnetAsync() => Garnet.GetAsync();

    private static bool IsOnGarnet => TestContext.CurrentContext.Test.AllPropertyValues(OnEachServerAttribute.Garnet).Any();

    /// <summary>A new database with dashtam-api's tables, for one test or fixture, which disposes the data source.</summary>
    public static async Task<NpgsqlDataSource> CreatePostgresDatabaseAsync() =>
        await (await Postgres.GetAsync()).CreateDatabaseAsync();

    /// <summary>
    /// A real Redis for one test: a <c>redis-server</c> on the PATH, or a container. To a fixture that
    /// <see cref="OnEachServerAttribute"/> runs on Garnet, the run's Garnet, which it shares.
    /// </summary>
    /// <param name="serverArguments">Of <c>redis-server</c>, as <c>"--maxmemory", "8mb"</c>.</param>
    public static async Task<OwnRedis> StartOwnRedisAsync(params string[] serverArguments) => IsOnGarnet
        ? new SharedGarnet(await GarnetAsync(), serverArguments)
        : await new ServiceSearch<OwnRedis>("A Redis of its own", _ => "", RedisSources.Own(serverArguments)).GetAsync();

    /// <summary>A Redis Cluster for one test or fixture.</summary>
    public static Task<RedisCluster> StartClusterAsync() => StartAsync("A Redis Cluster", RedisCluster.StartAsync);

    /// <summary>A primary, a replica and three Sentinels for one test.</summary>
    public static Task<RedisSentinels> StartSentinelsAsync() => StartAsync("Redis Sentinel", RedisSentinels.StartAsync);

    private static Task<T> StartAsync<T>(string name, Func<Task<T>> start)
        where T : class =>
        new ServiceSearch<T>(name, _ => "", new ServiceSource<T>("redis-server", IsReal: true, start)).GetAsync();

    /// <summary>The same, of this machine: servers that reach each other at loopback, as a replica does its master.</summary>
    public static Task<OwnRedis> StartRedisProcessAsync(params string[] serverArguments) =>
        new ServiceSearch<OwnRedis>("redis-server", _ => "", RedisSources.Process(serverArguments)).GetAsync();

    /// <summary>The same, of the version that production runs.</summary>
    public static Task<OwnRedis> StartCurrentRedisAsync(params string[] serverArguments) =>
        new ServiceSearch<OwnRedis>(RedisSources.Image, _ => "", RedisSources.Container(serverArguments)).GetAsync();
}
