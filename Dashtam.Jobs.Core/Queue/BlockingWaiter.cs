using System.Globalization;
using System.Net;
using Dashtam.Jobs.Core.Infrastructure.Redis;
using Microsoft.Extensions.Logging;
using StackExchange.Redis;

namespace Dashtam.Jobs.Core.Queue;

/// <summary><c>BLMOVE</c> on a multiplexer of its own.</summary>
internal sealed partial class BlockingWaiter(
    IRedisConnections connections, QueueKeys keys, ILogger<BlockingWaiter> logger) : IReadyWaiter
{
    // Redis takes 0 for "for ever".
    private static readonly TimeSpan ShortestWait = TimeSpan.FromMilliseconds(5);

    private volatile WaitingClient? _waiting;
    private int _refused;

    public async Task<Delivery?> WaitAsync(string worker, TimeSpan limit)
    {
        var seconds = (limit > ShortestWait ? limit : ShortestWait).TotalSeconds.ToString("0.###", CultureInfo.InvariantCulture);
        WaitingClient? client = null;
        try
        {
            // Asked with every wait, in the same breath: an id that is kept may be another client's after a reconnect.
            var owner = Owner();
            var id = owner?.ExecuteAsync("CLIENT", "ID");
            var wait = connections.Waiting.ExecuteAsync(
                "BLMOVE", keys.Ready, keys.Processing(worker), "RIGHT", "LEFT", seconds);
            _waiting = client = await IdentifyAsync(owner, id);
            var reply = await wait;
            return reply.IsNull ? null : new Delivery((byte[])reply!, worker);
        }
        catch (Exception error) when (RedisFailure.Is(error))
        {
            _waiting = null;
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
        if (_waiting is not { } client)
        {
            return;
        }

        try
        {
            await (Server(client)?.ExecuteAsync("CLIENT", "UNBLOCK", client.Id) ?? Task.CompletedTask);
        }
        catch (Exception error) when (RedisFailure.Is(error))
        {
            // The wait ends by itself within a second.
            LogNotInterrupted(error.Message);
            LogRefused(error);
        }
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
    }

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

    /// <summary>Never throws: the wait that was sent with it may bring a job.</summary>
    private async Task<WaitingClient?> IdentifyAsync(IServer? owner, Task<RedisResult>? id)
    {
        if (owner is null || id is null)
        {
            return null;
        }

        try
        {
            return new WaitingClient(owner.EndPoint, (long)await id);
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

    private sealed record WaitingClient(EndPoint Server, long Id);

    [LoggerMessage(EventName = "redis_permission_missing", Level = LogLevel.Error,
        Message = "The user in REDIS_URL lacks a permission: {Problem}. Jobs may start up to a second late. "
            + "What a worker needs is in docs/reference/redis-acl.md")]
    private partial void LogNoPermission(string problem);

    [LoggerMessage(EventName = "wait_not_interrupted", Level = LogLevel.Debug,
        Message = "A wait for ready jobs could not be interrupted: {Problem}")]
    private partial void LogNotInterrupted(string problem);

    [LoggerMessage(EventName = "wait_connection_not_ended", Level = LogLevel.Debug,
        Message = "A connection that had waited for ready jobs could not be ended: {Problem}")]
    private partial void LogNotEnded(string problem);
}
