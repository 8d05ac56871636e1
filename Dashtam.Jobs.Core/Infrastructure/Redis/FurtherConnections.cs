using StackExchange.Redis;

namespace Dashtam.Jobs.Core.Infrastructure.Redis;

/// <summary>
/// The connections of one more queue on a server that the process is connected to already. Only its waits have a connection of their
/// own: a wait blocks the connection.
/// </summary>
internal sealed class FurtherConnections(RedisConnections server, string queue) : IRedisConnections
{
    private IDatabase? _waiting;

    public IDatabase Queue => server.Queue;

    public IDatabase Waiting => _waiting ?? throw new InvalidOperationException($"This process does not serve the queue '{queue}'.");

    public IDatabase Notices => server.Notices;

    public BlockingRedis OpenBlocking(RedisKey key, TimeSpan deadline) => server.OpenBlocking(key, deadline);

    /// <summary>Opens the connection for waits; the server closes it.</summary>
    public async Task OpenWaitingAsync(CancellationToken cancellationToken) =>
        _waiting ??= await server.OpenWaitingAsync(queue, cancellationToken);
}
