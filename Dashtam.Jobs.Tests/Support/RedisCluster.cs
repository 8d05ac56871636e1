using System.Globalization;

namespace Dashtam.Jobs.Tests.Support;

/// <summary>A Redis Cluster of three primaries on this machine.</summary>
internal sealed class RedisCluster : IAsyncDisposable
{
    private const int Slots = 16_384;

    private readonly RedisNode[] _nodes = [.. Enumerable.Range(0, 3).Select(_ => new RedisNode(
        "cluster-enabled yes", "cluster-node-timeout 2000", "appendonly yes", "save \"\""))];

    /// <summary>In StackExchange.Redis' form.</summary>
    public string ConnectionString => string.Join(',', _nodes.Select(node => node.Endpoint));

    /// <summary>As <c>REDIS_URL</c> has it.</summary>
    public string Url => $"redis://{ConnectionString}";

    public IReadOnlyList<RedisNode> Nodes => _nodes;

    /// <summary>Starts the nodes, gives each a third of the slots, and returns when all agree.</summary>
    /// <exception cref="NoServiceException">There is no <c>redis-server</c> on this machine.</exception>
    public static async Task<RedisCluster> StartAsync()
    {
        var cluster = new RedisCluster();
        RunEnd.Add(() => cluster.DisposeAsync().AsTask());
        await Task.WhenAll(cluster._nodes.Select(node => node.StartAsync()));
        for (var i = 0; i < cluster._nodes.Length; i++)
        {
            await cluster._nodes[i].CommandAsync(
                "CLUSTER", "ADDSLOTSRANGE", Text(Slots * i / 3), Text((Slots * (i + 1) / 3) - 1));
            await cluster._nodes[i].CommandAsync("CLUSTER", "SET-CONFIG-EPOCH", Text(i + 1));
        }

        foreach (var node in cluster._nodes[1..])
        {
            await node.CommandAsync("CLUSTER", "MEET", "127.0.0.1", Text(cluster._nodes[0].Port));
        }

        foreach (var node in cluster._nodes)
        {
            await node.UntilAsync("cluster_known_nodes:3", "CLUSTER", "INFO");
            await node.UntilAsync("cluster_state:ok", "CLUSTER", "INFO");
        }

        return cluster;
    }

    public async ValueTask DisposeAsync() => await Disposal.DisposeAllAsync(_nodes);

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
