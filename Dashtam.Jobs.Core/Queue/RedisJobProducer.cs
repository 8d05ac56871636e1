using Dashtam.Jobs.Core.Infrastructure.Redis;
using Dashtam.Jobs.Core.Wire;
using StackExchange.Redis;

namespace Dashtam.Jobs.Core.Queue;

/// <summary>The queue in Redis, producers' side: an enqueue is tried again for a while, and is in the queue once all the same.</summary>
internal sealed class RedisJobProducer(
    IRedisConnections connections, EnqueueScripts scripts, MemoryGate memory, DurableWrites durable, TimeProvider time)
    : IJobProducer
{
    private const int Tries = 4;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(250);

    public async Task<bool> EnqueueAsync(JobEnvelope envelope, EnqueueOptions options, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Delay, TimeSpan.Zero, nameof(options));
        var enqueue = new Enqueue(envelope.TaskId, options.Durability, scripts.Prepare(envelope, options.Delay));
        await memory.AdmitAsync(envelope.TaskId, cancellationToken);
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                cancellationToken.ThrowIfCancellationRequested();
                var enqueued = await SendAsync(enqueue, cancellationToken);

                // Refused by our own earlier try, whose reply was lost, is a success.
                return enqueued || enqueue.MayHaveRun;
            }
            catch (OperationCanceledException error) when (enqueue.MayHaveRun)
            {
                throw new EnqueueOutcomeUnknownException(envelope.TaskId, error);
            }
            catch (DurabilityUnavailableException error)
            {
                throw enqueue.Failure(error.Message, error);
            }
            catch (RedisServerException error) when (!RedisFailure.IsPassing(error))
            {
                throw Refusal(enqueue, error);
            }
            catch (Exception error) when (RedisFailure.Is(error))
            {
                if (attempt == Tries)
                {
                    throw enqueue.Failure("Redis cannot be reached", error);
                }
            }

            await PauseAsync(enqueue, Pause * attempt, cancellationToken);
        }
    }

    private async Task<bool> SendAsync(Enqueue enqueue, CancellationToken cancellationToken)
    {
        try
        {
            if (enqueue.Durability.IsMemory)
            {
                return await enqueue.Script(connections.Queue, cancellationToken);
            }

            var reply = await durable.RunAsync(
                enqueue.Durability, database => enqueue.Script(database, CancellationToken.None), cancellationToken);
            return reply.Reached
                ? reply.Value
                : throw new DurabilityNotReachedException(enqueue.TaskId, enqueue.Durability, reply.Acknowledged);
        }
        catch (Exception error) when (MayHaveRun(error))
        {
            enqueue.MayHaveRun = true;
            throw;
        }
    }

    private async Task PauseAsync(Enqueue enqueue, TimeSpan pause, CancellationToken cancellationToken)
    {
        try
        {
            await Task.Delay(pause, time, cancellationToken);
        }
        catch (OperationCanceledException error) when (enqueue.MayHaveRun)
        {
            throw new EnqueueOutcomeUnknownException(enqueue.TaskId, error);
        }
    }

    private JobsException Refusal(Enqueue enqueue, RedisServerException error) =>
        error.Kind == RedisErrorKind.OutOfMemory && !enqueue.MayHaveRun
            ? memory.Refused(enqueue.TaskId, error)
            : enqueue.Failure(error.Message, error);

    private static bool MayHaveRun(Exception error) => error switch
    {
        RedisConnectionException connection => connection.CommandStatus is not
            (CommandStatus.WaitingToBeSent or CommandStatus.WaitingInBacklog),
        RedisTimeoutException timeout => timeout.Commandstatus is not
            (CommandStatus.WaitingToBeSent or CommandStatus.WaitingInBacklog),
        RedisServerException or JobsException => false, // it was refused, or is known to have run
        _ => true,
    };

    /// <summary>One enqueue through all its tries.</summary>
    private sealed class Enqueue(string taskId, Durability durability, Func<IDatabase, CancellationToken, Task<bool>> script)
    {
        public string TaskId { get; } = taskId;

        public Durability Durability { get; } = durability;

        public Func<IDatabase, CancellationToken, Task<bool>> Script { get; } = script;

        /// <summary>What an earlier try did is not undone by what a later one was told.</summary>
        public bool MayHaveRun { get; set; }

        public JobsException Failure(string reason, Exception error) => MayHaveRun
            ? new EnqueueOutcomeUnknownException(TaskId, error)
            : new EnqueueException(TaskId, reason, error);
    }
}
