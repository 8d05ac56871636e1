using Dashtam.Jobs.Core.Infrastructure.Redis;
using Dashtam.Jobs.Core.Wire;
using Microsoft.Extensions.Options;
using StackExchange.Redis;

namespace Dashtam.Jobs.Core.Queue;

/// <summary>One enqueue, on whichever connection; it knows its own repeat by the task id.</summary>
internal sealed class EnqueueScripts(QueueKeys keys, IOptions<QueueOptions> options)
{
    private readonly RedisScript _enqueue = RedisScript.Load("enqueue.lua");
    private readonly RedisScript _enqueueDelayed = RedisScript.Load("enqueue_delayed.lua");

    /// <summary>What is sent again at each try, made once.</summary>
    public Func<IDatabase, CancellationToken, Task<bool>> Prepare(JobEnvelope envelope, TimeSpan delay)
    {
        var bytes = envelope.ToUtf8();
        var once = keys.OnceById(envelope.TaskId);
        RedisValue ttl = options.Value.EnqueueOnceSeconds;
        return delay == TimeSpan.Zero
            ? async (database, cancellationToken) => IsNew(
                await _enqueue.RunAsync(database, [keys.Ready, once], [bytes, ttl], cancellationToken))
            : async (database, cancellationToken) => IsNew(
                await _enqueueDelayed.RunAsync(
                    database,
                    [keys.Delayed, once, keys.Sequence],
                    [bytes, ttl, (long)delay.TotalMilliseconds, keys.WakeChannel],
                    cancellationToken));
    }

    private static bool IsNew(RedisResult reply) => (int)reply == 1;
}
