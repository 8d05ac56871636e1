using Dashtam.Jobs.Core.Infrastructure.Redis;
using Dashtam.Jobs.Core.Queue.Durable;
using Dashtam.Jobs.Core.Wire;
using StackExchange.Redis;

namespace Dashtam.Jobs.Core.Queue.Producing;

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
        TaskIdLimit.ThrowIfExceededBy(envelope.TaskId, nameof(envelope));
        var enqueue = Prepare([new EnqueuedJob(envelope.TaskId, envelope.ToUtf8())], options, options.Delay);
        await memory.AdmitAsync(envelope.TaskId, cancellationToken);
        return await RunAsync(enqueue, cancellationToken) is [];
    }

    public Task<BulkEnqueueResult> EnqueueManyAsync(
        IReadOnlyCollection<JobEnvelope> envelopes, EnqueueOptions options, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Delay, TimeSpan.Zero, nameof(options));
        var bulk = new BulkEnqueue(envelopes);
        var started = time.GetTimestamp();
        return bulk.RunAsync(
            firstTaskId => memory.AdmitAsync(firstTaskId, cancellationToken),
            jobs =>
            {
                // The last chunk is due when the first is.
                var left = options.Delay - time.GetElapsedTime(started);
                var delay = left > TimeSpan.Zero ? left : TimeSpan.Zero;
                return RunAsync(Prepare(jobs.Span, options, delay), cancellationToken);
            });
    }

    private Enqueue Prepare(ReadOnlySpan<EnqueuedJob> jobs, EnqueueOptions options, TimeSpan delay) => new(
        jobs[0].TaskId, jobs.Length, options.Durability, scripts.Prepare(jobs, options.Delay > TimeSpan.Zero ? delay : null));

    /// <summary>Tries, and tries again; returns the numbers, from 1, of the jobs that were enqueued before.</summary>
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
