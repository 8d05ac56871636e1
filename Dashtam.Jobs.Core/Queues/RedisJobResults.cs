using System.Text.Json;
using Dashtam.Jobs.Core.Infrastructure.Redis;
using Dashtam.Jobs.Core.Queue.Results;
using Dashtam.Jobs.Core.Wire;
using StackExchange.Redis;

namespace Dashtam.Jobs.Core.Queues;

/// <summary>Results in Redis, read by asking for them: keyspace notifications are off on most servers, and get lost with a connection.</summary>
internal sealed class RedisJobResults(JobQueue queue, IQueues queues, TimeProvider time) : IJobResults
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMilliseconds(500);

    private static readonly TimeSpan Recently = TimeSpan.FromSeconds(2);

    /// <summary>How long one reply is waited for. A caller may wait for days, and timers end at 49 of them.</summary>
    private static readonly TimeSpan LongestLook = TimeSpan.FromMinutes(1);

    public IJobResults InQueue(string queue) => new RedisJobResults(queues.Get(queue), queues, time);

    public async Task<JobReply?> FindAsync(string taskId, CancellationToken cancellationToken)
    {
        TaskIdLimit.ThrowIfExceededBy(taskId, nameof(taskId));
        try
        {
            return await ReadAsync(taskId, cancellationToken);
        }
        catch (Exception error) when (RedisFailure.Is(error))
        {
            throw new JobResultException(taskId, error.Message, error);
        }
    }

    public async Task<JobReply> WaitAsync(string taskId, TimeSpan timeout, CancellationToken cancellationToken)
    {
        TaskIdLimit.ThrowIfExceededBy(taskId, nameof(taskId));
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(timeout, TimeSpan.Zero);
        var started = time.GetTimestamp();
        var pause = FirstPause;
        long? answered = null;
        while (true)
        {
            Exception? problem = null;
            try
            {
                // Redis may hang for longer than there is to wait.
                var asked = ReadAsync(taskId, cancellationToken);
                Observe(asked);
                if (await asked.WaitAsync(Shorter(LongestLook, timeout - time.GetElapsedTime(started)), time, cancellationToken) is { } reply)
                {
                    return reply;
                }

                answered = time.GetTimestamp();
            }
            catch (TimeoutException) when (answered is { } at && time.GetElapsedTime(at) < Recently)
            {
                // The last look has little time. Redis answered the look before, so the job has no result yet.
            }
            catch (RedisServerException error) when (!RedisFailure.IsPassing(error))
            {
                throw new JobResultException(taskId, error.Message, error);
            }
            catch (Exception error) when (RedisFailure.Is(error))
            {
                problem = error;
            }

            var left = timeout - time.GetElapsedTime(started);
            if (left <= TimeSpan.Zero)
            {
                throw new JobResultTimeoutException(taskId, timeout, problem);
            }

            await Task.Delay(Shorter(pause, left), time, cancellationToken);
            pause = Shorter(2 * pause, LongestPause);
        }
    }

    private async Task<JobReply?> ReadAsync(string taskId, CancellationToken cancellationToken)
    {
        var json = (byte[]?)await queue.Connections.Queue.StringGetAsync(queue.Keys.Result(taskId)).WaitAsync(cancellationToken);
        try
        {
            return json is null ? null : JobReply.Parse(json);
        }
        catch (JsonException error)
        {
            throw new JobResultException(taskId, $"what stands at its key is no result in JSON ({error.Message})", error);
        }
    }

    // A look that is not waited for any more may fail later, and would be told as an error that nobody has seen.
    private static void Observe(Task asked) => _ = asked.ContinueWith(
        static failed => failed.Exception, CancellationToken.None,
        TaskContinuationOptions.OnlyOnFaulted | TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);

    // At least a millisecond: whether the whole wait is over is decided by its deadline, not here.
    private static TimeSpan Shorter(TimeSpan one, TimeSpan other) =>
        TimeSpan.FromTicks(Math.Max(Math.Min(one.Ticks, other.Ticks), TimeSpan.TicksPerMillisecond));
}
