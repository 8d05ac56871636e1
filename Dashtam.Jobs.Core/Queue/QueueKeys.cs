using Microsoft.Extensions.Options;
using StackExchange.Redis;

namespace Dashtam.Jobs.Core.Queue;

/// <summary>Every key of a queue, its type and what bounds it. Nobody else spells one.</summary>
/// <remarks>
/// <c>{q}</c> is a Redis Cluster hash tag: the plain name and the tagged keys hash to one slot, so that one script may touch
/// them all.
/// </remarks>
internal sealed class QueueKeys
{
    private readonly string _tag;
    private readonly string _resultPrefix;

    public QueueKeys(IOptions<QueueOptions> options)
    {
        var name = options.Value.Name;
        _tag = "{" + name + "}";
        _resultPrefix = options.Value.ResultPrefix.Replace("{queue}", _tag, StringComparison.Ordinal);
        QueueName = name;
        Ready = name;
        Delayed = _tag + ":delayed";
        Sequence = _tag + ":seq";
        Workers = _tag + ":workers";
        Departed = _tag + ":departed";
        Suspects = _tag + ":suspects";
        Parked = _tag + ":parked";
        Dead = _tag + ":dead";
        DeadEntries = _tag + ":dead:entries";
        DeadBytes = _tag + ":dead:bytes";
        Schedules = _tag + ":schedules";
        Fired = _tag + ":fired";
        Stats = _tag + ":stats:jobs";
        Fence = _tag + ":fence";
        WakeChannel = _tag + ":wake";
    }

    /// <summary>The queue's plain name.</summary>
    public string QueueName { get; }

    /// <summary>LIST of ready envelopes; bounded by what producers push. dashtam-api reads its length.</summary>
    public RedisKey Ready { get; }

    /// <summary>ZSET of <c>{seq}|{envelope}</c> → due time in ms; bounded by the number of jobs.</summary>
    public RedisKey Delayed { get; }

    /// <summary>STRING, a counter that only grows.</summary>
    public RedisKey Sequence { get; }

    /// <summary>ZSET of workers → last heartbeat in ms by Redis' clock; bounded by the number of workers.</summary>
    public RedisKey Workers { get; }

    /// <summary>ZSET of workers that died or left → since when in ms; each goes an hour after its list was last seen filled.</summary>
    public RedisKey Departed { get; }

    /// <summary>HASH of an envelope's SHA-1 → how often recovery moved it; a field goes with its job.</summary>
    public RedisKey Suspects { get; }

    /// <summary>ZSET of <c>{seq}|{envelope}</c> → since when in ms; bounded by <c>JOBS_PARKED_MAX</c>.</summary>
    public RedisKey Parked { get; }

    /// <summary>ZSET of dead letters' numbers → since when in ms; bounded by <c>JOBS_DEAD_MAX_ENTRIES</c>.</summary>
    public RedisKey Dead { get; }

    /// <summary>HASH of a dead letter's number → one line of JSON, a line feed, the envelope's bytes as they came.</summary>
    public RedisKey DeadEntries { get; }

    /// <summary>STRING: the bytes in <see cref="DeadEntries"/>; bounded by <c>JOBS_DEAD_MAX_BYTES</c>.</summary>
    public RedisKey DeadBytes { get; }

    /// <summary>HASH of a schedule's id → its version; bounded by the number of schedules.</summary>
    public RedisKey Schedules { get; }

    /// <summary>HASH of a schedule's id → its last fired instant in Unix seconds; it only grows.</summary>
    public RedisKey Fired { get; }

    /// <summary>HASH of <c>{job}:{outcome}</c> → count; bounded by the number of jobs.</summary>
    public RedisKey Stats { get; }

    /// <summary>STRING: the last fence token; it only grows, and is never reset.</summary>
    public RedisKey Fence { get; }

    /// <summary>Pub/sub channel: in how many ms a delayed job is due that is now the earliest.</summary>
    public string WakeChannel { get; }

    /// <summary>LIST of the envelopes that a worker holds, byte for byte; bounded by its concurrency.</summary>
    public RedisKey Processing(string worker) => $"{_tag}:processing:{worker}";

    /// <summary>HASH with what a worker says of itself; expires some time after its last heartbeat.</summary>
    public RedisKey Worker(string worker) => $"{_tag}:worker:{worker}";

    /// <summary>HASH EX: the last effect that <c>run_canary</c> recorded under a name.</summary>
    public RedisKey CanaryEffect(string name) => $"{_tag}:canary:{name}";

    /// <summary>STRING NX EX: this task id has been enqueued.</summary>
    public RedisKey OnceById(string taskId) => $"{_tag}:once:id:{taskId}";

    /// <summary>STRING EX: the job's result.</summary>
    public RedisKey Result(string taskId) => $"{_resultPrefix}:{taskId}";

    /// <summary>
    /// The bare key for a result, or null when the id names a key of this service or of dashtam-api: with the id
    /// <c>dashtam:jobs</c> the Python service overwrote its own queue with a result.
    /// </summary>
    public RedisKey? BareResult(string taskId)
    {
        string[] reserved = [_tag, "{sse}", "sse:", "schedule:", _resultPrefix];
        var isReserved = taskId.Length == 0 || taskId == QueueName
            || Array.Exists(reserved, prefix => taskId.StartsWith(prefix, StringComparison.Ordinal));
        return isReserved ? default(RedisKey?) : new RedisKey(taskId);
    }
}
