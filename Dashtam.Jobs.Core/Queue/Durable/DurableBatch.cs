using System.Net;
using Dashtam.Jobs.Core.Infrastructure.Redis;
using StackExchange.Redis;

namespace Dashtam.Jobs.Core.Queue.Durable;

/// <summary>Some writes and one wait for all of them, known to have gone over the same connection.</summary>
internal sealed class DurableBatch(IDatabase database, DurabilityOptions options, IReadOnlyList<PendingWrite> writes)
{
    private const int Tries = 3;
    private static readonly TimeSpan MarkLifetime = TimeSpan.FromHours(1);

    private readonly Durability _durability = writes[0].Durability;
    private readonly QueueKeys _keys = writes[0].Keys; // on Redis Cluster all writes are of one queue

    /// <summary>Ends every write of the batch, with what Redis said or with an error.</summary>
    /// <exception cref="DurabilityUnavailableException">Nothing was written.</exception>
    public async Task RunAsync()
    {
        var open = writes;
        for (var attempt = 1; attempt <= Tries && open.Count > 0; attempt++)
        {
            var before = await ConnectionAsync();
            await CheckAvailableAsync(before);

            var repeated = await WriteAsync(open);
            open = [.. open.Where(write => write.Written)];
            if (open.Count > 0 && await WaitAsync(before) is { } acknowledged && repeated)
            {
                End(open, acknowledged);
                return;
            }

            // Another connection, or another server: the writes themselves are sent again. One that is still there says so,
            // one that a failover has lost is written anew.
        }

        End(open, acknowledged: null);
    }

    /// <returns>False when one that had been written before could not be written again.</returns>
    private async Task<bool> WriteAsync(IReadOnlyList<PendingWrite> open)
    {
        var now = await Task.WhenAll(open.Select(write => write.WriteAsync(database)));
        return open.Zip(now).All(one => one.Second || !one.First.Written);
    }

    /// <summary>The connection in use: the server that has the queue, the number that it knows us by, and how many we have opened.</summary>
    private async Task<Route> ConnectionAsync()
    {
        var endpoint = await database.IdentifyEndpointAsync(_keys.Ready, CommandFlags.DemandMaster)
            ?? throw new RedisConnectionException(ConnectionFailureType.UnableToConnect, CommandFlags.None, "No server has the queue");
        var server = database.Multiplexer.GetServer(endpoint);
        return new Route(endpoint, (long)await server.ExecuteAsync("CLIENT", "ID"), Sockets(server));
    }

    /// <summary>Asked of Redis itself, as it is now: before a write, a wait with nothing to wait for returns at once.</summary>
    private async Task CheckAvailableAsync(Route route)
    {
        if (!_durability.IsFsynced)
        {
            return;
        }

        var server = database.Multiplexer.GetServer(route.Endpoint);
        try
        {
            await server.ExecuteAsync("WAITAOF", 1, 0, 1);
        }
        catch (RedisServerException error) when (!RedisFailure.IsPassing(error))
        {
            throw new DurabilityUnavailableException(_durability, error.Message.Contains("unknown command", StringComparison.Ordinal)
                ? $"it needs WAITAOF, so Redis 7.2 or later, and this server is {server.Version}. Upgrade it, or ask for less"
                : $"Redis says '{error.Message}'. It needs 'appendonly yes' (and the right to call WAITAOF)");
        }
    }

    /// <summary>How many have acknowledged; null: the wait went over another connection than the writes, and so vouches for nothing.</summary>
    private async Task<long?> WaitAsync(Route before)
    {
        var server = database.Multiplexer.GetServer(before.Endpoint);
        try
        {
            // A write of this connection, for what was in the queue before: replication and the append-only file keep the order.
            var mark = database.StringSetAsync(_keys.DurableMark, 1, MarkLifetime);
            var wait = _durability.IsFsynced
                ? server.ExecuteAsync("WAITAOF", 1, 0, options.WaitMs)
                : server.ExecuteAsync("WAIT", _durability.Replicas, options.WaitMs);
            var after = ConnectionAsync();
            await Task.WhenAll(mark, wait, after);
            var reply = await wait;
            var acknowledged = _durability.IsFsynced ? (long)reply[0] : (long)reply;
            return await after == before ? acknowledged : null;
        }
        catch (Exception error) when (RedisFailure.Is(error))
        {
            return null;
        }
    }

    private void End(IReadOnlyList<PendingWrite> open, long? acknowledged)
    {
        foreach (var write in open)
        {
            write.End(acknowledged >= _durability.Wanted, acknowledged);
        }
    }

    // A server that restarts counts its clients anew, so that the number alone could be the same by chance.
    private static long Sockets(IServer server) => server.GetCounters().Interactive.SocketCount;

    private readonly record struct Route(EndPoint Endpoint, long ClientId, long Sockets);
}
