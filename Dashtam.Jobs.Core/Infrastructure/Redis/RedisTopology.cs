using StackExchange.Redis;

namespace Dashtam.Jobs.Core.Infrastructure.Redis;

/// <summary>What kind of servers a connection leads to.</summary>
internal static class RedisTopology
{
    /// <summary>Whether it is a Redis Cluster, whose scripts cannot touch keys of two slots; null: no server answers yet.</summary>
    public static bool? IsCluster(this IConnectionMultiplexer multiplexer)
    {
        IServer[] connected = [.. multiplexer.GetServers().Where(server => server.IsConnected)];
        return connected.Length == 0 ? null : connected.Any(server => server.ServerType == ServerType.Cluster);
    }
}
