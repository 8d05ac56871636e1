using Dashtam.Jobs.Core.Infrastructure.Redis;
using Microsoft.Extensions.Options;
using StackExchange.Redis;

namespace Dashtam.Jobs.Core.Queue.Producing;

/// <summary>A job that is to be enqueued, and its bytes, which are made once.</summary>
internal readonly record struct EnqueuedJob(string TaskId, byte[] Envelope);

/// <summary>Enqueues together, on whichever connection; returns the numbers, from 1, of those whose id was enqueued before.</summary>
internal delegate Task<int[]> EnqueueScript(IDatabase database, CancellationToken cancellationToken);

/// <summary>One enqueue, of one job or of many; it knows its own repeat by the task ids.</summary>
internal sealed class EnqueueScripts(QueueKeys keys, IOptions<QueueOptions> options)
{
    private readonly RedisScript _enqueue = RedisScript.Load("enqueue.lua");
    private readonly RedisScript _enqueueDelayed = RedisScript.Load("enqueue_delayed.lua");

    /// <summary>What is sent again at each try, made once.</summary>
    /// <param name="jobs">All of one script: few enough that it stays short.</param>
    /// <param name="delay">How long until they are due; null: they are ready.</param>
    public EnqueueScript Prepare(ReadOnlySpan<EnqueuedJob> jobs, TimeSpan? delay)
    {
        RedisValue ttl = options.Value.EnqueueOnceSeconds;
        return delay is { } wait
            ? Prepare(_enqueueDelayed, [keys.Delayed, keys.Sequence], [ttl, (long)wait.TotalMilliseconds, keys.WakeChannel], jobs)
            : Prepare(_enqueue, [keys.Ready], [ttl], jobs);
    }

    private EnqueueScript Prepare(
        RedisScript script, ReadOnlySpan<RedisKey> keysBefore, ReadOnlySpan<RedisValue> before, ReadOnlySpan<EnqueuedJob> jobs)
    {
        var touched = new RedisKey[keysBefore.Length + jobs.Length];
        var arguments = new RedisValue[before.Length + jobs.Length];
        keysBefore.CopyTo(touched);
        before.CopyTo(arguments);
        for (var i = 0; i < jobs.Length; i++)
        {
            touched[keysBefore.Length + i] = keys.OnceById(jobs[i].TaskId);
            arguments[before.Length + i] = jobs[i].Envelope;
        }

        return async (database, cancellationToken) =>
            (int[])(await script.RunAsync(database, touched, arguments, cancellationToken))!;
    }
}
