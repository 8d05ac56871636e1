using System.Globalization;
using Dashtam.Jobs.Core.Infrastructure.Redis;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using StackExchange.Redis;

namespace Dashtam.Jobs.Core.Queue.Producing;

/// <summary>
/// Refuses enqueues before Redis is full: what is left is for the workers, whose retries and results need room, and nothing
/// comes to be evicted.
/// </summary>
internal sealed partial class MemoryGate(
    IRedisConnections connections,
    QueueKeys keys,
    IOptions<QueueOptions> options,
    TimeProvider time,
    ILogger<MemoryGate> logger)
{
    private static readonly TimeSpan LookLifetime = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private Task<RedisMemory> _look = Task.FromResult(RedisMemory.Unknown);
    private long? _lookedAt;
    private int _unreadable;

    /// <summary>Returns when there is room, as far as is known: Redis is looked at once a second, while enqueues come.</summary>
    /// <exception cref="QueueFullException">There is none.</exception>
    public async Task AdmitAsync(string taskId, CancellationToken cancellationToken)
    {
        var limit = options.Value.EnqueueMemoryLimitPercent;
        if (limit == 100)
        {
            return;
        }

        var memory = await Look().WaitAsync(cancellationToken);
        if (memory.Percent is { } percent && percent >= limit)
        {
            throw new QueueFullException(taskId, percent, string.Create(
                CultureInfo.InvariantCulture,
                $"Redis uses {percent:0.#} % of its maxmemory, and from {limit} % on (JOBS_ENQUEUE_MEMORY_LIMIT_PERCENT) jobs are "
                + $"refused. Wait for the workers to drain it, add workers, or raise maxmemory"));
        }
    }

    /// <summary>What is said when Redis itself had no room: others fill it too, and between two looks.</summary>
    public QueueFullException Refused(string taskId, RedisServerException error)
    {
        var look = _look;
        var percent = look.IsCompletedSuccessfully ? look.Result.Percent : null;
        return new QueueFullException(
            taskId, percent, $"Redis is at its maxmemory ('{error.Message}'). Wait for the workers to drain it, add workers, "
                + "raise maxmemory, or refuse earlier with JOBS_ENQUEUE_MEMORY_LIMIT_PERCENT", error);
    }

    private Task<RedisMemory> Look()
    {
        lock (_gate)
        {
            if (_lookedAt is not { } at || time.GetElapsedTime(at) >= LookLifetime)
            {
                _lookedAt = time.GetTimestamp();
                _look = ReadAsync();
            }

            return _look;
        }
    }

    /// <summary>Never fails: where nothing can be known, Redis itself decides.</summary>
    private async Task<RedisMemory> ReadAsync()
    {
        try
        {
            return await RedisMemory.ReadAsync(connections.Queue, keys.Ready).WaitAsync(LookLifetime, time);
        }
        catch (Exception error) when (RedisFailure.Is(error))
        {
            if (error is RedisServerException or RedisCommandException && Interlocked.Exchange(ref _unreadable, 1) == 0)
            {
                LogUnreadable(error.Message);
            }

            return RedisMemory.Unknown;
        }
    }

    [LoggerMessage(EventName = "redis_memory_unreadable", Level = LogLevel.Debug,
        Message = "Cannot read how full Redis is: {Problem}. Enqueues are refused only when Redis itself refuses "
            + "them")]
    private partial void LogUnreadable(string problem);
}
