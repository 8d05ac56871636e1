namespace Dashtam.Jobs.Core.Queue.Acl;

/// <summary>
/// The one table of what processes send. A command that a script or the code begins to use is added here, by the type of key that
/// it touches; tests run every script and every job as these users.
/// </summary>
internal static class AclCommands
{
    /// <summary>What the client library sends to know its server; and a person's <c>redis-cli</c>.</summary>
    public const string Connection =
        "+ping +echo +hello +select +info +role +client|id +client|setname +cluster|nodes +cluster|slots +subscribe +unsubscribe";

    /// <summary>A program without <see cref="Master"/>, as one in Python.</summary>
    public const string PlainConnection =
        "+ping +echo +hello +select +info +client|id +client|setname +cluster|nodes +cluster|slots";

    /// <summary>The client library's channel for changes of roles.</summary>
    public const string Master = "__Booksleeve_MasterChanged";

    /// <summary>Calls scripts: each command in one is checked by itself.</summary>
    public const string Scripts = "+eval +evalsha +script|load";

    /// <summary>What every script that checks its keys' types reads.</summary>
    public const string Any = "+type +exists";

    /// <summary>A worker's and a repair's lists.</summary>
    public const string Lists = "+blmove +lrange +llen +lrem +lpush +rpush +lpop +rpop +lpos " + Any;

    /// <summary>The same of sorted sets.</summary>
    public const string SortedSets = "+zadd +zrem +zscore +zcard +zrange +zrangebyscore " + Any;

    /// <summary>The same of hashes.</summary>
    public const string Hashes = "+hset +hsetnx +hget +hgetall +hdel +hincrby +hexists +hstrlen " + Any;

    /// <summary>The same of strings.</summary>
    public const string Strings = "+get +set +incr +incrby +decrby " + Any;

    /// <summary>What reads, whatever a key holds.</summary>
    public const string Reads = "+type +exists +ttl +pttl +lrange +llen +lindex +lpos +zscan +zcard +zcount +zrange +zrangebyscore "
        + "+zscore +hscan +hget +hmget +hgetall +hlen +hexists +hstrlen +get +strlen +memory|usage";
}
