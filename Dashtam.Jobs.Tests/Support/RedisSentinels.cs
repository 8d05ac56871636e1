using System.Globalization;

namespace Dashtam.Jobs.Tests.Support;

/// <summary>A primary, its replica and three Sentinels on this machine.</summary>
internal sealed class RedisSentinels : IAsyncDisposable
{
    private const string Service = "jobs";

    private readonly RedisNode[] _sentinels;

    private RedisSentinels()
    {
        Primary = new RedisNode("appendonly yes", "save \"\"");
        Replica = new RedisNode(Line($"replicaof 127.0.0.1 {Primary.Port}"), "appendonly yes", "save \"\"");
        _sentinels =
        [
            .. Enumerable.Range(0, 3).Select(_ => new RedisNode(
                Line($"sentinel monitor {Service} 127.0.0.1 {Primary.Port} 2"),
                $"sentinel down-after-milliseconds {Service} 1500",
                $"sentinel failover-timeout {Service} 10000")),
        ];
    }

    /// <summary>The primary at the start.</summary>
    public RedisNode Primary { get; }

    /// <summary>The replica at the start.</summary>
    public RedisNode Replica { get; }

    /// <summary>As <c>REDIS_URL</c> has it.</summary>
    public string Url => $"redis+sentinel://{string.Join(',', _sentinels.Select(sentinel => sentinel.Endpoint))}/{Service}/0";

    /// <summary>Starts them, and returns when the replica follows and every Sentinel knows the others.</summary>
    /// <exception cref="NoServiceException">There is no <c>redis-server</c> on this machine.</exception>
    public static async Task<RedisSentinels> StartAsync()
    {
        var servers = new RedisSentinels();
        RunEnd.Add(() => servers.DisposeAsync().AsTask());
        await servers.Primary.StartAsync();
        await servers.Replica.StartAsync();
        await servers.Replica.UntilAsync("master_link_status:up", "INFO", "replication");
        await Task.WhenAll(servers._sentinels.Select(sentinel => sentinel.StartAsync(sentinel: true)));
        foreach (var sentinel in servers._sentinels)
        {
            await sentinel.UntilAsync("slaves=1,sentinels=3", "INFO", "sentinel");
        }

        return servers;
    }

    public async ValueTask DisposeAsync() => await Disposal.DisposeAllAsync([.. _sentinels, Replica, Primary]);

    private static string Line(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
