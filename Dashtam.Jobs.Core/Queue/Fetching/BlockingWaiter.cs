using System.Globalization;
using System.Net;
using Dashtam.Jobs.Core.Infrastructure.Redis;
using Microsoft.Extensions.Logging;
using StackExchange.Redis;

namespace Dashtam.Jobs.Core.Queue.Fetching;

/// <summary><c>BLMOVE</c> on a multiplexer of its own.</summary>
internal sealed partial class BlockingWaiter(
    IRedisConnections connections, QueueKeys keys, ILogger<BlockingWaiter> logger) : IReadyWaiter
{
    private const int Tries = 3;

    // No number: those who listen take it for no delayed job.
    private const string NoDelay = "-";

    private static readonly Version UnblocksPaused = new(7, 2);

    // Redis takes 0 for "for ever".
    private static readonly TimeSpan ShortestWait = TimeSpan.FromMilliseconds(5);

    private volatile WaitingClient? _waiting;
    private WaitingClient? _known;
    private int _interrupted;
    private int _refused;

    public async Task<Delivery?> WaitAsync(string worker, TimeSpan limit)
    {
        if (Interlocked.Exchange(ref _interrupted, 0) == 1)
        {
            return null;
        }

        var seconds = (limit > ShortestWait ? limit : ShortestWait).TotalSeconds.ToString("0.###", CultureInfo.InvariantCulture);
        WaitingClient? client = null;
        try
        {
            var owner = Owner();
            var sockets = owner?.GetCounters().Interactive.SocketCount ?? 0; // before anything is sent over the newest
            var known = KnownOn(owner, sockets);
            var id = known is null ? owner?.ExecuteAsync("CLIENT", "ID") : null;
            var wait = SendAsync(owner, [keys.Ready, keys.Processing(worker), "RIGHT", "LEFT", seconds]);
            client = known is null ? await IdentifyAsync(owner, id, sockets) : known with { }; // one object for each wait
            _waiting = client;
            if (Interlocked.Exchange(ref _interrupted, 0) == 1)
            {
                await InterruptAsync(); // it came between the last look at the queue and now
            }

            var reply = await wait;
            return reply.IsNull ? null : new Delivery((byte[])reply!, worker) { Queue = keys.QueueName };
        }
        catch (Exception error) when (RedisFailure.Is(error) && error is not RedisServerException) // that one was an answer
        {
            _waiting = null;
            _known = null;
            await EndAsync(client);
            throw;
        }
        finally
        {
            _waiting = null;
        }
    }

    public async Task InterruptAsync()
    {
        try
        {
            // Not at the first try when Redis has not read yet that this client waits: the two came over different connections.
            var client = _waiting;
            for (var attempt = 0; attempt < Tries && client is not null && ReferenceEquals(client, _waiting); attempt++)
            {
                if (Server(client) is { } server && await IsUnblockedAsync(server, client))
                {
                    return;
                }
            }
        }
        catch (Exception error) when (RedisFailure.Is(error))
        {
            // The wait ends by itself within seconds.
            LogNotInterrupted(error.Message);
            LogRefused(error);
        }

        Volatile.Write(ref _interrupted, 1);
    }

    public async Task SubscribeAsync(Action<TimeSpan> delayedJobAdded)
    {
        var subscriber = connections.Queue.Multiplexer.GetSubscriber();
        await subscriber.SubscribeAsync(
            RedisChannel.Literal(keys.WakeChannel),
            (_, message) =>
            {
                if (message.TryParse(out long milliseconds))
                {
                    delayedJobAdded(TimeSpan.FromMilliseconds(milliseconds));
                }
            });

        // What was announced while the connection was down, nobody heard.
        subscriber.Multiplexer.ConnectionRestored += (_, _) => delayedJobAdded(TimeSpan.Zero);
    }

    /// <summary>
    /// To the server itself where that comes to the same: to a database the library sends a <c>SELECT</c> with every command that
    /// it does not know, and an idle worker would send half as much again.
    /// </summary>
    private Task<RedisResult> SendAsync(IServer? owner, object[] arguments) =>
        owner is { ServerType: not ServerType.Cluster } && connections.Waiting.Database == 0
            ? owner.ExecuteAsync("BLMOVE", arguments)
            : connections.Waiting.ExecuteAsync("BLMOVE", arguments);

    /// <summary>The node that holds the queue; null while there is no connection to it, and the wait itself will say so.</summary>
    private IServer? Owner()
    {
        try
        {
            return connections.Waiting.Multiplexer.GetServer(keys.Ready);
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }

    /// <summary>
    /// The id that Redis gave to this very connection. Another one, or none, is asked for in the same breath as the wait: an id
    /// that was kept over a reconnect may be another client's.
    /// </summary>
    private WaitingClient? KnownOn(IServer? owner, long sockets) =>
        _known is { } known && owner is not null && known.Server.Equals(owner.EndPoint) && known.Sockets == sockets
            ? known
            : null;

    /// <summary>Never throws: the wait that was sent with it may bring a job.</summary>
    private async Task<WaitingClient?> IdentifyAsync(IServer? owner, Task<RedisResult>? id, long sockets)
    {
        if (owner is null || id is null)
        {
            return null;
        }

        try
        {
            return _known = new WaitingClient(owner.EndPoint, (long)await id, sockets);
        }
        catch (Exception error) when (RedisFailure.Is(error))
        {
            LogRefused(error);
            return null;
        }
    }

    /// <summary>
    /// A connection that did not answer may still wait in Redis, and would be served a job that nobody reads: it is ended
    /// before another one waits.
    /// </summary>
    private async Task EndAsync(WaitingClient? client)
    {
        if (client is null)
        {
            return;
        }

        try
        {
            await (Server(client)?.ExecuteAsync("CLIENT", "KILL", "ID", client.Id) ?? Task.CompletedTask);
        }
        catch (Exception error) when (RedisFailure.Is(error))
        {
            LogNotEnded(error.Message);
            LogRefused(error);
        }
    }

    /// <summary>
    /// Before 7.2 Redis crashes at a <c>CLIENT UNBLOCK</c> of a client whose <c>BLMOVE</c> a pause of writes holds back
    /// (<c>CLIENT PAUSE … WRITE</c>, <c>FAILOVER</c>). Such a pause holds a <c>PUBLISH</c> back, too: its reply says that there is none.
    /// </summary>
    private async Task<bool> IsUnblockedAsync(IServer server, WaitingClient client)
    {
        if (server.Version < UnblocksPaused)
        {
            await server.ExecuteAsync("PUBLISH", keys.WakeChannel, NoDelay);
        }

        return ReferenceEquals(client, _waiting) && (long)await server.ExecuteAsync("CLIENT", "UNBLOCK", client.Id) == 1;
    }

    /// <summary>The node where it waits, over the connection that nothing blocks: a client's id is known there alone.</summary>
    private IServer? Server(WaitingClient client) =>
        Array.Find(connections.Queue.Multiplexer.GetServers(), server => server.EndPoint.Equals(client.Server));

    private void LogRefused(Exception error)
    {
        if (RedisFailure.IsPermission(error) && Interlocked.Exchange(ref _refused, 1) == 0)
        {
            LogNoPermission(error.Message);
        }
    }

    /// <summary>A connection: its id on its server, and how many this process had opened there by then.</summary>
    private sealed record WaitingClient(EndPoint Server, long Id, long Sockets);

    [LoggerMessage(EventName = "redis_permission_missing", Level = LogLevel.Error,
        Message = "The user in REDIS_URL lacks a permission: {Problem}. Delayed jobs may start some seconds late, and "
            + "jobs whose reply was lost up to 20 s late. Give the user what docs/reference/redis-acl.md lists")]
    private partial void LogNoPermission(string problem);

    [LoggerMessage(EventName = "wait_not_interrupted", Level = LogLevel.Debug,
        Message = "Cannot interrupt a wait for ready jobs: {Problem}")]
    private partial void LogNotInterrupted(string problem);

    [LoggerMessage(EventName = "wait_connection_not_ended", Level = LogLevel.Debug,
        Message = "Cannot end a connection that waited for ready jobs: {Problem}")]
    private partial void LogNotEnded(string problem);
}
