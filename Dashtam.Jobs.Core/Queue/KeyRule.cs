using System.Collections.Frozen;
using StackExchange.Redis;

namespace Dashtam.Jobs.Core.Queue;

/// <summary>What kind of key something is, and what bounds it when its own size does not.</summary>
/// <param name="Type">Its Redis type.</param>
/// <param name="Expiry">How it ends.</param>
internal sealed record KeyRule(RedisType Type, KeyExpiry Expiry = KeyExpiry.None)
{
    /// <summary>Keys of one name, without the queue's tag.</summary>
    public static readonly FrozenDictionary<string, KeyRule> Fixed = new Dictionary<string, KeyRule>(StringComparer.Ordinal)
    {
        ["delayed"] = new(RedisType.SortedSet),
        ["seq"] = new(RedisType.String),
        ["workers"] = new(RedisType.SortedSet),
        ["departed"] = new(RedisType.SortedSet),
        ["suspects"] = new(RedisType.Hash),
        ["parked"] = new(RedisType.SortedSet),
        ["parked:bytes"] = new(RedisType.String),
        ["dead"] = new(RedisType.SortedSet),
        ["dead:entries"] = new(RedisType.Hash),
        ["dead:bytes"] = new(RedisType.String),
        ["schedules"] = new(RedisType.Hash),
        ["schedules:alive"] = new(RedisType.Hash),
        ["fired"] = new(RedisType.Hash),
        ["stats:jobs"] = new(RedisType.Hash),
        ["stats:schedules"] = new(RedisType.Hash),
        ["fence"] = new(RedisType.String),
        ["epoch"] = new(RedisType.Hash),
        ["paused"] = new(RedisType.Hash),
        ["python:due"] = new(RedisType.SortedSet),
        ["python:entries"] = new(RedisType.Hash),
        ["python:odd"] = new(RedisType.Hash, KeyExpiry.Claim),
        ["python:scan"] = new(RedisType.String, KeyExpiry.Claim),
        ["python:fires"] = new(RedisType.SortedSet),
        ["stats:python"] = new(RedisType.Hash),
        ["isolated"] = new(RedisType.List),
        ["departed:claim"] = new(RedisType.String, KeyExpiry.Claim),
        ["alone"] = new(RedisType.String, KeyExpiry.Claim),
        ["skewed"] = new(RedisType.String, KeyExpiry.Claim),
        ["durable"] = new(RedisType.String, KeyExpiry.Claim),
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>Keys of many names, by what these begin with.</summary>
    public static readonly FrozenDictionary<string, KeyRule> ByPrefix = new Dictionary<string, KeyRule>(StringComparer.Ordinal)
    {
        ["processing:"] = new(RedisType.List),
        ["worker:"] = new(RedisType.Hash, KeyExpiry.Worker),
        ["once:id:"] = new(RedisType.String, KeyExpiry.Once),
        ["once:run:"] = new(RedisType.String, KeyExpiry.Run),
        ["once:newest:"] = new(RedisType.String, KeyExpiry.Run),
        ["canary:"] = new(RedisType.Hash, KeyExpiry.Claim),
    }.ToFrozenDictionary(StringComparer.Ordinal);
}

/// <summary>How long a key may live.</summary>
internal enum KeyExpiry
{
    /// <summary>For ever: its size is bounded otherwise.</summary>
    None,

    /// <summary>It remembers an enqueue.</summary>
    Once,

    /// <summary>It remembers a schedule's last run.</summary>
    Run,

    /// <summary>It is what a worker says of itself.</summary>
    Worker,

    /// <summary>It is a short-lived claim or sign of life.</summary>
    Claim,
}
