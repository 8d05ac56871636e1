using StackExchange.Redis;

namespace Dashtam.Jobs.Core.Infrastructure.Redis;

/// <summary>The Redis servers that this process talks to, each over one multiplexed connection.</summary>
internal interface IRedisConnections
{
    /// <summary>The queue's server, <c>REDIS_URL</c>.</summary>
    IDatabase Queue { get; }

    /// <summary>The queue's server again, over a connection for blocking commands alone.</summary>
    IDatabase Waiting { get; }

    /// <summary>The server that dashtam-api subscribes to, <c>SSE_REDIS_URL</c>, by default the queue's.</summary>
    IDatabase Notices { get; }

    /// <summary>A blocking connection to the server that owns a key of the queue; the caller disposes it.</summary>
    /// <param name="key">The key.</param>
    /// <param name="deadline">How long connecting, and later each call, may take.</param>
    /// <exception cref="RedisException">It cannot be reached, or refuses.</exception>
    BlockingRedis OpenBlocking(RedisKey key, TimeSpan deadline);
}
