using Dashtam.Jobs.Core.Infrastructure.Redis;
using Dashtam.Jobs.Core.Wire;
using Microsoft.Extensions.Options;
using StackExchange.Redis;

namespace Dashtam.Jobs.Core.Queue;

/// <summary>The queue in Redis, producers' side: an enqueue is tried again for a while, and is in the queue once all the same.</summary>
internal sealed class RedisJobProducer(
    IRedisConnections connections, QueueKeys keys, IOptions<QueueOptions> options, TimeProvider time) : IJobProducer
{
    private const int Tries = 4;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(250);

    private readonly RedisScript _enqueue = RedisScript.Load("enqueue.lua");
    private readonly RedisScript _enqueueDelayed = RedisScript.Load("enqueue_delayed.lua");

    public async Task<bool> EnqueueAsync(JobEnvelope envelope, TimeSpan delay, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(delay, TimeSpan.Zero);
        var bytes = envelope.ToUtf8();
        var mayHaveRun = false;
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                var enqueued = await SendAsync(envelope.TaskId, bytes, delay, cancellationToken);

                // Refused by our own earlier try, whose reply was lost, is a success.
                return enqueued || mayHaveRun;
            }
            catch (RedisServerException error) when (!RedisFailure.IsPassing(error))
            {
                throw Failure(envelope.TaskId, mayHaveRun, error.Message, error);
            }
            catch (Exception error) when (RedisFailure.Is(error))
            {
                mayHaveRun |= MayHaveRun(error);
                if (attempt == Tries)
                {
                    throw Failure(envelope.TaskId, mayHaveRun, "Redis cannot be reached", error);
                }

                await Task.Delay(Pause * attempt, time, cancellationToken);
            }
        }
    }

    // What an earlier try did is not undone by what a later one was told.
    private static JobsException Failure(string taskId, bool mayHaveRun, string reason, Exception error) => mayHaveRun
        ? new EnqueueOutcomeUnknownException(taskId, error)
        : new EnqueueException(taskId, reason, error);

    private async Task<bool> SendAsync(string taskId, byte[] bytes, TimeSpan delay, CancellationToken cancellationToken)
    {
        var once = keys.OnceById(taskId);
        var ttl = options.Value.EnqueueOnceSeconds;
        var reply = delay == TimeSpan.Zero
            ? await _enqueue.RunAsync(connections.Queue, [keys.Ready, once], [bytes, ttl], cancellationToken)
            : await _enqueueDelayed.RunAsync(
                connections.Queue,
                [keys.Delayed, once, keys.Sequence],
                [bytes, ttl, (long)delay.TotalMilliseconds, keys.WakeChannel],
                cancellationToken);
        return (int)reply == 1;
    }

    private static bool MayHaveRun(Exception error) => error switch
    {
        RedisConnectionException connection => connection.CommandStatus is not
            (CommandStatus.WaitingToBeSent or CommandStatus.WaitingInBacklog),
        RedisTimeoutException timeout => timeout.Commandstatus is not
            (CommandStatus.WaitingToBeSent or CommandStatus.WaitingInBacklog),
        RedisServerException => false, // it was refused
        _ => true,
    };
}
