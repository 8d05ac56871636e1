using Dashtam.Jobs.Core.Infrastructure.Redis;
using Dashtam.Jobs.Core.Queue.Durable;
using StackExchange.Redis;

namespace Dashtam.Jobs.Core.Queue.Producing;

/// <summary>Puts jobs into one queue: an enqueue is tried again for a while, and is in the queue once all the same.</summary>
internal sealed class QueueProducer(
    IRedisConnections connections, EnqueueScripts scripts, MemoryGate memory, DurableWrites durable, TimeProvider time)
{
    private const int Tries = 4;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(250);

    /// <inheritdoc cref="MemoryGate.AdmitAsync"/>
    public Task AdmitAsync(string taskId, CancellationToken cancellationToken) => memory.AdmitAsync(taskId, cancellationToken);

    /// <summary>Enqueues together; returns the numbers, from 1, of the jobs that were enqueued before.</summary>
    /// <param name="jobs">All of one script.</param>
    /// <param name="durability">What must hold before this returns.</param>
    /// <param name="delay">How long until they are due; null: they are ready.</param>
    /// <param name="cancellationToken">Ends the wait; what has been sent may be in the queue.</param>
    public Task<int[]> EnqueueAsync(
        ReadOnlySpan<EnqueuedJob> jobs, Durability durability, TimeSpan? delay, CancellationToken cancellationToken) =>
        RunAsync(new Enqueue(jobs[0].TaskId, jobs.Length, durability, scripts.Prepare(jobs, delay)), cancellationToken);

    /// <summary>Tries, and tries again.</summary>
    private async Task<int[]> RunAsync(Enqueue enqueue, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                cancellationToken.ThrowIfCancellationRequested();
                var before = await SendAsync(enqueue, cancellationToken);

                // All refused by our own earlier try, whose reply was lost, is a success: it enqueued all or none.
                return enqueue.MayHaveRun && before.Length == enqueue.Count ? [] : before;
            }
            catch (OperationCanceledException error) when (enqueue.MayHaveRun)
            {
                throw new EnqueueOutcomeUnknownException(enqueue.TaskId, error);
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

    private async Task<int[]> SendAsync(Enqueue enqueue, CancellationToken cancellationToken)
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

    /// <summary>One enqueue, of one job or of many, through all its tries.</summary>
    private sealed class Enqueue(string taskId, int count, Durability durability, EnqueueScript script)
    {
        /// <summary>The first job's.</summary>
        public string TaskId { get; } = taskId;

        public int Count { get; } = count;

        public Durability Durability { get; } = durability;

        public EnqueueScript Script { get; } = script;

        /// <summary>What an earlier try did is not undone by what a later one was told.</summary>
        public bool MayHaveRun { get; set; }

        public JobsException Failure(string reason, Exception error) => MayHaveRun
            ? new EnqueueOutcomeUnknownException(TaskId, error)
            : new EnqueueException(TaskId, reason, error);
    }
}
