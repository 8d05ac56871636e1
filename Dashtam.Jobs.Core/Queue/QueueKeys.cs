using System.Text;
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
    /// <summary>What stands behind a result's key in the key of the job's progress.</summary>
    public const string ProgressSuffix = "__progress";

    private readonly string _tag;
    private readonly string _resultPrefix;
    private readonly string[] _reserved;
    private readonly QueueOptions _options;

    /// <summary>The keys of the queue that <c>JOBS_QUEUE_NAME</c> names.</summary>
    public QueueKeys(IOptions<QueueOptions> options)
        : this(options.Value.Name, options.Value)
    {
    }

    /// <param name="name">The queue's name.</param>
    /// <param name="options">What is the same for all queues of a process.</param>
    public QueueKeys(string name, QueueOptions options)
    {
        _options = options;
        _tag = "{" + name + "}";
        _resultPrefix = options.ResultPrefix.Replace("{queue}", _tag, StringComparison.Ordinal);
        var schedules = options.SchedulesPrefix; // empty: switched off
        _reserved = [_tag, "{sse}", "sse:", "schedule:", _resultPrefix, .. schedules.Length == 0 ? [] : new[] { schedules + ":" }];
        QueueName = name;
        Ready = name;
        Delayed = _tag + ":delayed";
        Sequence = _tag + ":seq";
        Workers = _tag + ":workers";
        Departed = _tag + ":departed";
        DepartedClaim = _tag + ":departed:claim";
        Suspects = _tag + ":suspects";
        Parked = _tag + ":parked";
        ParkedBytes = _tag + ":parked:bytes";
        Dead = _tag + ":dead";
        DeadEntries = _tag + ":dead:entries";
        DeadBytes = _tag + ":dead:bytes";
        Schedules = _tag + ":schedules";
        SchedulesAlive = _tag + ":schedules:alive";
        Fired = _tag + ":fired";
        Stats = _tag + ":stats:jobs";
        Isolated = _tag + ":isolated";
        Alone = _tag + ":alone";
        Fence = _tag + ":fence";
        WakeChannel = _tag + ":wake";
        Epoch = _tag + ":epoch";
        DurableMark = _tag + ":durable";
        PausedSchedules = _tag + ":paused";
        ScheduleStats = _tag + ":stats:schedules";
        Skewed = _tag + ":skewed";
        PythonDue = _tag + ":python:due";
        PythonEntries = _tag + ":python:entries";
        PythonOdd = _tag + ":python:odd";
        PythonScan = _tag + ":python:scan";
        PythonFires = _tag + ":python:fires";
        PythonStats = _tag + ":stats:python";
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

    /// <summary>STRING PX: somebody looks at what departed workers left behind.</summary>
    public RedisKey DepartedClaim { get; }

    /// <summary>HASH of an envelope's SHA-1 → how often recovery, or a recycle, moved it; a field goes with its job.</summary>
    public RedisKey Suspects { get; }

    /// <summary>ZSET of <c>{seq}|{envelope}</c> → since when in ms; bounded by <c>JOBS_PARKED_MAX</c>.</summary>
    public RedisKey Parked { get; }

    /// <summary>STRING: the bytes of the envelopes in <see cref="Parked"/>; bounded by <c>JOBS_PARKED_MAX_BYTES</c>.</summary>
    public RedisKey ParkedBytes { get; }

    /// <summary>ZSET of dead letters' numbers → since when in ms; bounded by <c>JOBS_DEAD_MAX_ENTRIES</c>.</summary>
    public RedisKey Dead { get; }

    /// <summary>HASH of a dead letter's number → one line of JSON, a line feed, the envelope's bytes as they came.</summary>
    public RedisKey DeadEntries { get; }

    /// <summary>STRING: the bytes in <see cref="DeadEntries"/>; bounded by <c>JOBS_DEAD_MAX_BYTES</c>.</summary>
    public RedisKey DeadBytes { get; }

    /// <summary>HASH of a schedule's id → its version; bounded by the number of schedules.</summary>
    public RedisKey Schedules { get; }

    /// <summary>
    /// HASH of a schedule's id → when a scheduler of its version last looked, in ms by Redis' clock; bounded by the number of schedules.
    /// </summary>
    public RedisKey SchedulesAlive { get; }

    /// <summary>HASH of a schedule's id → its last fired instant in Unix seconds; it only grows.</summary>
    public RedisKey Fired { get; }

    /// <summary>HASH of <c>{job}:{outcome}</c> → count; bounded by the number of jobs.</summary>
    public RedisKey Stats { get; }

    /// <summary>LIST of envelopes that recovery moved twice or more: each runs alone. Bounded by what workers that died held.</summary>
    public RedisKey Isolated { get; }

    /// <summary>STRING PX: the worker that lets its jobs end, to run one of <see cref="Isolated"/> alone.</summary>
    public RedisKey Alone { get; }

    /// <summary>STRING: the last fence token; it only grows, and is never reset.</summary>
    public RedisKey Fence { get; }

    /// <summary>Pub/sub channel: in how many ms a delayed job is due that is now the earliest.</summary>
    public string WakeChannel { get; }

    /// <summary>HASH of four fields: which data these are, how often they were looked at, which were lost before them.</summary>
    public RedisKey Epoch { get; }

    /// <summary>STRING EX: what a wait for durability writes, so that it has something to wait for.</summary>
    public RedisKey DurableMark { get; }

    /// <summary>HASH of a schedule's id → since when it is paused, in ms; bounded by the number of schedules.</summary>
    public RedisKey PausedSchedules { get; }

    /// <summary>HASH of <c>{schedule}:{counter}</c> → count; bounded by the number of schedules.</summary>
    public RedisKey ScheduleStats { get; }

    /// <summary>STRING PX: by how many ms a scheduler's clock is off from Redis'.</summary>
    public RedisKey Skewed { get; }

    /// <summary>ZSET of the entries that Python scheduled → when each is due next, in ms; a member goes with its entry.</summary>
    public RedisKey PythonDue { get; }

    /// <summary>HASH of the entries that Python scheduled → first seen, last fired; a field goes with its entry.</summary>
    public RedisKey PythonEntries { get; }

    /// <summary>HASH EX of Python's entries that cannot be read or belong to another program → why; at most a thousand.</summary>
    public RedisKey PythonOdd { get; }

    /// <summary>STRING PX: the scheduler that looks for Python's entries in the whole keyspace.</summary>
    public RedisKey PythonScan { get; }

    /// <summary>
    /// ZSET of the schedules of Python's whose jobs have ids that tell who pushed them → when each fired last, in ms; the last thousand.
    /// </summary>
    public RedisKey PythonFires { get; }

    /// <summary>HASH of a few counters of Python's entries.</summary>
    public RedisKey PythonStats { get; }

    /// <summary>STRING EX: the task id of the schedule's last fire, until that job ends; only with the overlap policy Skip.</summary>
    public RedisKey LastRun(string scheduleId) => $"{_tag}:once:run:{scheduleId}";

    /// <summary>
    /// STRING EX: the task id of the schedule's last fire, also after that job's end: earlier ones are replaced by it all the
    /// same. Only with the overlap policy Replace.
    /// </summary>
    public RedisKey NewestRun(string scheduleId) => $"{_tag}:once:newest:{scheduleId}";

    /// <summary>LIST of the envelopes that a worker holds, byte for byte; bounded by its concurrency and what it reads ahead.</summary>
    public RedisKey Processing(string worker) => $"{_tag}:processing:{worker}";

    /// <summary>HASH with what a worker says of itself; expires some time after its last heartbeat.</summary>
    public RedisKey Worker(string worker) => $"{_tag}:worker:{worker}";

    /// <summary>HASH EX: the last effect that <c>run_canary</c> recorded under a name.</summary>
    public RedisKey CanaryEffect(string name) => $"{_tag}:canary:{name}";

    /// <summary>STRING NX EX: this task id has been enqueued.</summary>
    public RedisKey OnceById(string taskId) => $"{_tag}:once:id:{taskId}";

    /// <summary>STRING EX: the job's result.</summary>
    public RedisKey Result(string taskId) => $"{_resultPrefix}:{taskId}";

    /// <summary>STRING EX: how far the job says that it has come.</summary>
    public RedisKey Progress(string taskId) => Result(taskId).Append(ProgressSuffix);

    /// <summary>Whether a key, with the prefix or bare, is a job's progress.</summary>
    public static bool IsProgress(string key) => key.EndsWith(ProgressSuffix, StringComparison.Ordinal);

    /// <summary>Where a job's result goes, in the order that the scripts expect.</summary>
    /// <param name="taskId">The job's id.</param>
    /// <param name="bare">The bare key, where the result goes there, too.</param>
    /// <param name="watchedBy">The schedule that is told of the job's end; null: none is.</param>
    public RedisKey[] ResultKeys(string taskId, RedisKey? bare, string? watchedBy)
    {
        var result = Result(taskId);
        return watchedBy is not null ? [result, bare ?? result, LastRun(watchedBy)]
            : bare is { } key ? [result, key]
            : [result];
    }

    /// <summary>
    /// The bare key for a result, or null when the id may not name one: with the id <c>dashtam:jobs</c> the Python service
    /// overwrote its own queue with a result.
    /// </summary>
    public RedisKey? BareResult(string taskId)
    {
        var isReserved = taskId.Length == 0 || taskId == QueueName
            || Array.Exists(_reserved, prefix => taskId.StartsWith(prefix, StringComparison.Ordinal));
        return isReserved || !BareIds.May(taskId, _options.TaskiqResultIds) ? default(RedisKey?) : new RedisKey(taskId);
    }

    /// <summary>For <c>SCAN</c>: all keys of this queue but the ready list, whose name is plain.</summary>
    public string OwnKeysPattern => Glob(_tag) + ":*";

    /// <summary>For <c>SCAN</c>: the results, of all queues that share the prefix.</summary>
    public string ResultsPattern => Glob(_resultPrefix) + ":*";

    /// <summary>For <c>SCAN</c>: the processing lists.</summary>
    public string ProcessingPattern => Glob(_tag) + ":processing:*";

    /// <summary>The worker whose processing list this is; null: it is none.</summary>
    public string? WorkerOfProcessing(RedisKey key) => After(key, ":processing:");

    /// <summary>The worker whose own hash this is; null: it is none.</summary>
    public string? WorkerOfHash(RedisKey key) => After(key, ":worker:");

    /// <summary>Whether this is a result; with <c>{queue}</c> in the prefix these are among the queue's own keys.</summary>
    public bool IsResult(RedisKey key) => ((string)key!).StartsWith(_resultPrefix + ":", StringComparison.Ordinal);

    /// <summary>What a key of this queue is expected to be; null: nobody knows such a key.</summary>
    public KeyRule? RuleOf(RedisKey key)
    {
        if (key == Ready)
        {
            return new KeyRule(RedisType.List);
        }

        var name = After(key, ":");
        return name is null ? null
            : KeyRule.Fixed.GetValueOrDefault(name)
                ?? KeyRule.ByPrefix.Where(pair => name.StartsWith(pair.Key, StringComparison.Ordinal))
                    .Select(pair => pair.Value).FirstOrDefault();
    }

    /// <summary>A pattern that matches this text only.</summary>
    internal static string Glob(string text)
    {
        var pattern = new StringBuilder();
        foreach (var character in text)
        {
            _ = @"*?[]\^-".Contains(character, StringComparison.Ordinal)
                ? pattern.Append('\\').Append(character)
                : pattern.Append(character);
        }

        return pattern.ToString();
    }

    private string? After(RedisKey key, string prefix)
    {
        var text = (string)key!;
        return text.StartsWith(_tag + prefix, StringComparison.Ordinal) ? text[(_tag.Length + prefix.Length)..] : null;
    }
}
