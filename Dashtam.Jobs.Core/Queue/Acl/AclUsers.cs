using StackExchange.Redis;

namespace Dashtam.Jobs.Core.Queue.Acl;

/// <summary>What the settings in force mean for the users.</summary>
/// <param name="Queue">The queue's name and its results'.</param>
/// <param name="HasNoticesServer">Notices go to another server, <c>SSE_REDIS_URL</c>: not the worker's user but one there sends them.</param>
/// <param name="FiresFsynced"><c>JOBS_SCHEDULE_DURABILITY=FSYNCED</c>, which needs a command that Redis has from 7.2 on.</param>
/// <param name="MayKill">Whether a worker may end connections.</param>
internal sealed record AclSettings(
    QueueOptions Queue, bool HasNoticesServer = false, bool FiresFsynced = false, bool MayKill = true);

/// <summary>Every user, with what it needs and nothing more.</summary>
internal sealed class AclUsers(AclSettings settings)
{
    /// <summary>What a schedule's fires and its pause are kept in: only schedulers and those who control schedules write there.</summary>
    private static readonly string[] OfSchedules =
        ["schedule", "fired", "paused", "skewed", "stats:schedules", "python:", "stats:python"];

    // Who may not use it does not notice that TaskIQ's scheduler runs, too.
    private const string PythonFires = "python:fires";

    private readonly AclKeys _keys = new(settings.Queue);

    /// <summary>On the queue's server.</summary>
    public IReadOnlyList<AclUser> OnQueue =>
        [Worker, Scheduler, Producer(), NetProducer(), ScheduleControl(), Fsck(), Operator()];

    /// <summary>A worker's user.</summary>
    public AclUser Worker => new(
        "worker",
        Base(
            $"{AclCommands.Connection} {AclCommands.Scripts} +publish +pubsub|numsub +time +client|unblock"
                + (settings.MayKill ? " +client|kill" : ""),
            [AclCommands.Master, _keys.Wake, .. settings.HasNoticesServer ? [] : NoticeChannels],
            [_keys.Ready, _keys.All, _keys.Results, .. _keys.BareResults, .. settings.HasNoticesServer ? [] : NoticeKeys]),
        [
            new(AclCommands.Lists, [_keys.Ready, .. _keys.OfType(RedisType.List, IsWorkers)]),
            new(AclCommands.SortedSets, _keys.OfType(RedisType.SortedSet, IsWorkers)),
            new(AclCommands.Hashes, _keys.OfType(RedisType.Hash, IsWorkers)),
            new(AclCommands.Strings, _keys.OfType(RedisType.String, IsWorkers)),
            new("+del +expire", _keys.Own("worker:*"), _keys.Own("canary:*"), _keys.Own("alone"), _keys.Own("once:run:*")),
            new("+set +getrange " + AclCommands.Any, [_keys.Results, .. _keys.BareResults]),
            .. _keys.HasPythonSchedules ? [new("+zscore +hmget", _keys.Own(PythonFires), _keys.Own("stats:python")) { IsOptional = true }] : Array.Empty<AclGrant>(),
            .. settings.HasNoticesServer ? [] : NoticeGrants,
        ]);

    /// <summary>A scheduler's user.</summary>
    public AclUser Scheduler => new(
        "scheduler",
        Base(
            $"{AclCommands.Connection} {AclCommands.Scripts} +publish +time +wait" + (settings.FiresFsynced ? " +waitaof" : "")
                + (_keys.HasPythonSchedules ? " +scan +psubscribe +punsubscribe" : ""),
            [AclCommands.Master, _keys.Wake, .. _keys.PythonEvents],
            [_keys.Ready, _keys.All, .. _keys.PythonSchedules]),
        [
            .. _keys.HasPythonSchedules ? SchedulersOfPython() : [],
            new("+lpush " + AclCommands.Any, _keys.Ready),
            new(AclCommands.Hashes, _keys.OfType(RedisType.Hash, IsSchedulers)),
            new(AclCommands.SortedSets, _keys.OfType(RedisType.SortedSet, name => IsSchedulers(name) && name != PythonFires)),
            new("+zadd +zrange " + AclCommands.Any, _keys.Own("delayed")),
            new("+incr +get " + AclCommands.Any, _keys.Own("seq")),
            new("+set +setex +get " + AclCommands.Any,
                [_keys.Own("once:*"), _keys.Own("durable"), .. _keys.OfType(RedisType.String, IsOfSchedules)]),
        ]);

    /// <summary>On the server of <c>SSE_REDIS_URL</c>.</summary>
    public static IReadOnlyList<AclUser> OnNotices => [new(
        "notices",
        Base(
            $"{AclCommands.Connection} {AclCommands.Scripts} +publish +pubsub|numsub",
            [AclCommands.Master, .. NoticeChannels],
            NoticeKeys),
        NoticeGrants)];

    /// <summary>On Sentinels, whose users are their own.</summary>
    public static IReadOnlyList<AclUser> OnSentinels => [new(
        "sentinel",
        Base("+ping +echo +hello +info +role +client|setname +subscribe +unsubscribe +sentinel|get-master-addr-by-name "
            + "+sentinel|masters +sentinel|replicas +sentinel|slaves +sentinel|sentinels", ["*"]))];

    private static string[] NoticeKeys => ["{sse}:notice:*", "sse:stream:user:*"];

    private static string[] NoticeChannels => ["sse:user:*", "sse:broadcast"];

    private static AclGrant[] NoticeGrants =>
        [new("+set +expire +del", NoticeKeys[0]), new("+xadd +expire +ttl", NoticeKeys[1])];

    private AclGrant[] SchedulersOfPython() =>
    [
        new("+getrange +get +del +llen +lrange +lrem " + AclCommands.Any, _keys.PythonSchedules),
        new("+hmget +hscan +hlen +ttl +expire", _keys.Own("python:entries"), _keys.Own("python:odd")),
        new("+zadd +zrem +zcard +zrange", _keys.Own(PythonFires)) { IsOptional = true },
        new("+zrange", _keys.Own("workers")),
        new("+hget", _keys.Own("worker:*")),
    ];

    private AclUser Producer() => new(
        "producer",
        Base(AclCommands.PlainConnection, []),
        [
            new("+lpush +llen", _keys.Ready),
            new("+get +exists +getdel", [_keys.Results, .. _keys.BareResults]),
            .. _keys.HasPythonSchedules ? [new AclGrant("+set +get +getdel +del +rpush +lrem", _keys.PythonSchedules)] : Array.Empty<AclGrant>(),
        ]);

    private AclUser NetProducer() => new(
        "net-producer",
        Base(
            $"{AclCommands.Connection} {AclCommands.Scripts} +publish +time +wait",
            [AclCommands.Master, _keys.Wake],
            _keys.Ready, _keys.All),
        new("+lpush " + AclCommands.Any, _keys.Ready),
        new("+get", _keys.Results),
        new("+set +setex +get " + AclCommands.Any, _keys.Own("once:id:*"), _keys.Own("durable")),
        new("+zadd +zrange " + AclCommands.Any, _keys.Own("delayed")),
        new("+incr +get " + AclCommands.Any, _keys.Own("seq")));

    private AclUser ScheduleControl() => new(
        "schedule-control",
        Base($"{AclCommands.Connection} {AclCommands.Scripts} +time", [AclCommands.Master], _keys.Ready, _keys.All),
        new(AclCommands.Hashes, _keys.Own("paused"), _keys.Own("fired")),
        new("+hget +hgetall +hexists " + AclCommands.Any, [.. _keys.OfType(RedisType.Hash, IsOfSchedules)]) { ReadOnly = true });

    private AclUser Fsck() => new(
        "fsck",
        Base(
            $"{AclCommands.Connection} {AclCommands.Scripts} +scan +dbsize +publish +time",
            [AclCommands.Master, _keys.Wake],
            _keys.Ready, _keys.All, _keys.Results),
        new(AclCommands.Reads, _keys.Ready, _keys.All, _keys.Results) { ReadOnly = true },
        new(AclCommands.Lists, [_keys.Ready, .. _keys.OfType(RedisType.List, _ => true)]),
        new(AclCommands.SortedSets, _keys.OfType(RedisType.SortedSet, _ => true)),
        new(AclCommands.Hashes, _keys.OfType(RedisType.Hash, _ => true)),
        new(AclCommands.Strings, _keys.OfType(RedisType.String, _ => true)),
        new("+set +expire +pexpire " + AclCommands.Any, _keys.Results),
        new("+expire +pexpire +del", _keys.Own("worker:*"), _keys.Own("canary:*"), _keys.Own("alone"), _keys.Own("durable"),
            _keys.Own("departed:claim"), _keys.Own("once:*")));

    private AclUser Operator() => new(
        "operator",
        Base(
            AclCommands.Connection + " +time +scan +dbsize +pubsub|channels +pubsub|numsub +client|list +latency|latest +slowlog|get "
                + "+acl|log +acl|whoami +command +command|docs",
            [AclCommands.Master, _keys.Wake]),
        new(AclCommands.Reads, [_keys.Ready, _keys.All, _keys.Results, .. _keys.BareResults]) { ReadOnly = true },
        new("+lpush", _keys.Ready),
        new("+del", _keys.Results),
        new("+zrem", _keys.Own("dead")),
        new("+hdel", _keys.Own("dead:entries"), _keys.Own("paused")),
        new("+hset +hsetnx", _keys.Own("paused"), _keys.Own("fired")));

    private static AclGrant Base(string commands, IReadOnlyList<string> channels, params IReadOnlyList<string> scriptKeys) =>
        new(commands, scriptKeys) { Channels = channels };

    private static bool IsOfSchedules(string name) =>
        Array.Exists(OfSchedules, beginning => name.StartsWith(beginning, StringComparison.Ordinal));

    private static bool IsSchedulers(string name) => IsOfSchedules(name) || name is "stats:jobs" or "epoch";

    private static bool IsWorkers(string name) => !IsOfSchedules(name) && name is not ("durable" or "once:id:*");
}
