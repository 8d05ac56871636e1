using Dashtam.Jobs.Core.Infrastructure.Redis;
using Microsoft.Extensions.Logging;

namespace Dashtam.Jobs.Core.Queue.Epochs;

/// <summary>What happened to Redis' data between two looks, and when it was seen.</summary>
/// <param name="RolledBack">Back to an older state; else they are others, or none.</param>
/// <param name="At">When this process saw it.</param>
internal sealed record DataLoss(bool RolledBack, DateTimeOffset At);

/// <summary>
/// Remembers which data Redis had and how often they were looked at, and notices when they are others: jobs, results and fires
/// may be gone, and nobody else would say so.
/// </summary>
/// <remarks>
/// What was written after the last look of any process can be lost unseen: looks are ten seconds apart, per process.
/// </remarks>
internal sealed partial class EpochWatch(
    IRedisConnections connections, QueueKeys keys, TimeProvider time, ILogger<EpochWatch> logger)
{
    private readonly RedisScript _script = RedisScript.Load("epoch.lua");
    private string _id = "";
    private long _count;
    private volatile DataLoss? _last;

    /// <summary>The last loss that this process saw; null: none.</summary>
    public DataLoss? Last => _last;

    /// <summary>One look. Not to be called twice at once.</summary>
    public async Task LookAsync(CancellationToken cancellationToken)
    {
        var reply = await _script.RunAsync(
            connections.Queue, [keys.Epoch, keys.Stats], [_id, _count, Guid.NewGuid().ToString("N")], cancellationToken);
        var cause = (string?)reply[0] ?? "";
        if (cause.Length > 0)
        {
            var rolledBack = cause == "rolled_back";
            Log(rolledBack, found: (string?)reply[1] ?? "", foundCount: (long)reply[2]);
            _last = new DataLoss(rolledBack, time.GetUtcNow());
        }

        _id = (string?)reply[3] ?? "";
        _count = (long)reply[4];
    }

    private void Log(bool rolledBack, string found, long foundCount)
    {
        if (rolledBack)
        {
            LogRolledBack(_id, _count, foundCount);
        }
        else
        {
            LogLost(_id, _count, found, foundCount);
        }
    }

    [LoggerMessage(EventName = "redis_lost_data", Level = LogLevel.Error,
        Message = "Redis lost its data: its epoch was {FromId} at check {FromCount}, and is '{ToId}' at check "
            + "{ToCount}. Earlier jobs, results and fires may be gone; workers and schedules go on. Check whether "
            + "Redis was flushed, or restarted without persistence")]
    private partial void LogLost(string fromId, long fromCount, string toId, long toCount);

    [LoggerMessage(EventName = "redis_rolled_back", Level = LogLevel.Error,
        Message = "Redis went back to an older state of its data (epoch {Id}), from check {FromCount} to check "
            + "{ToCount}. Jobs of the time between may be gone, and jobs that had ended may run again; workers and "
            + "schedules go on. Check whether Redis was restarted from a snapshot, or failed over to a replica that "
            + "lagged")]
    private partial void LogRolledBack(string id, long fromCount, long toCount);
}
