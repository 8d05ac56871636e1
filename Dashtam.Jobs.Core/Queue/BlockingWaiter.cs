using System.Globalization;
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

    private long _clientId;
    private int _waiting;
    private bool _watches;

    public async Task<Delivery?> WaitAsync(string worker, TimeSpan limit)
    {
        var seconds = (limit > ShortestWait ? limit : ShortestWait).TotalSeconds.ToString("0.###", CultureInfo.InvariantCulture);
        try
        {
            if (_clientId == 0)
            {
                ForgetClientIdWithItsConnection();
                _clientId = (long)await connections.Waiting.ExecuteAsync("CLIENT", "ID");
            }

            Volatile.Write(ref _waiting, 1);
            var reply = await connections.Waiting.ExecuteAsync(
                "BLMOVE", keys.Ready, keys.Processing(worker), "RIGHT", "LEFT", seconds);
            return reply.IsNull ? null : new Delivery((byte[])reply!, worker);
        }
        catch (Exception error) when (RedisFailure.Is(error))
        {
            await EndConnectionAsync();
            throw;
        }
        finally
        {
            Volatile.Write(ref _waiting, 0);
        }
    }

    public async Task InterruptAsync()
    {
        var clientId = _clientId;
        if (Volatile.Read(ref _waiting) == 0 || clientId == 0)
        {
            return;
        }

        try
        {
            await connections.Queue.ExecuteAsync("CLIENT", "UNBLOCK", clientId);
        }
        catch (Exception error) when (RedisFailure.Is(error))
        {
            // The wait ends by itself within a second.
            LogNotInterrupted(error.Message);
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

    private void ForgetClientIdWithItsConnection()
    {
        if (!_watches)
        {
            _watches = true;
            connections.Waiting.Multiplexer.ConnectionRestored += (_, _) => Interlocked.Exchange(ref _clientId, 0);
        }
    }

    /// <summary>
    /// A connection that did not answer may still wait in Redis, and would be served a job that nobody reads: it is ended
    /// before another one waits.
    /// </summary>
    private async Task EndConnectionAsync()
    {
        var clientId = Interlocked.Exchange(ref _clientId, 0);
        if (clientId == 0)
        {
            return;
        }

        try
        {
            await connections.Queue.ExecuteAsync("CLIENT", "KILL", "ID", clientId);
        }
        catch (Exception error) when (RedisFailure.Is(error))
        {
            LogNotEnded(error.Message);
        }
    }

    [LoggerMessage(EventName = "wait_not_interrupted", Level = LogLevel.Debug,
        Message = "A wait for ready jobs could not be interrupted: {Problem}")]
    private partial void LogNotInterrupted(string problem);

    [LoggerMessage(EventName = "wait_connection_not_ended", Level = LogLevel.Debug,
        Message = "A connection that had waited for ready jobs could not be ended: {Problem}")]
    private partial void LogNotEnded(string problem);
}
