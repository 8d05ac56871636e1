namespace Dashtam.Jobs.Tests.Support;

/// <summary>A command as a script of ours calls it, and what Lua gets for an answer.</summary>
/// <param name="Setup">What happens to the key <c>k</c>, which is empty, before.</param>
/// <param name="Call">The call.</param>
/// <param name="Answer">As Lua sees it: <c>'text'</c>, <c>number</c>, <c>false</c>, <c>{…}</c>, <c>{ok=…}</c>, <c>{err}</c>.</param>
internal sealed record LuaCall(string Setup, string Call, string Answer)
{
    private const string Long = "1767225600123"; // an instant in ms: neither 1.767e+12 nor 1767225600123.0

    /// <summary>Where Garnet answers otherwise; null: it answers the same.</summary>
    public string? OnGarnet { get; init; }

    /// <summary>How the scripts live with that.</summary>
    public string? Handled { get; init; }

    /// <summary>Every form of every command that the scripts call.</summary>
    public static IReadOnlyList<LuaCall> All { get; } =
    [
        new("", "redis.call('TYPE', k)", "{ok=none}"),
        new("redis.call('SET', k, '1')", "redis.call('TYPE', k)", "{ok=string}"),
        new("redis.call('RPUSH', k, 'a')", "redis.call('TYPE', k)", "{ok=list}"),
        new("redis.call('HSET', k, 'a', 1)", "redis.call('TYPE', k)", "{ok=hash}"),
        new("redis.call('ZADD', k, 1, 'a')", "redis.call('TYPE', k)", "{ok=zset}"),

        new("", "redis.call('RPOP', k)", "false"),
        new("redis.call('RPUSH', k, '')", "redis.call('RPOP', k)", "''"),
        new("", "redis.call('RPOP', k, 2)", "false"),
        new("redis.call('RPUSH', k, 'a')", "redis.call('RPOP', k, 1)", "{'a'}")
        { OnGarnet = "'a'", Handled = "take_ready.lua takes both" },
        new("redis.call('RPUSH', k, 'a')", "redis.call('RPOP', k, 2)", "{'a'}")
        { OnGarnet = "'a'", Handled = "take_ready.lua takes both" },
        new("redis.call('RPUSH', k, '')", "redis.call('RPOP', k, 2)", "{''}")
        { OnGarnet = "''", Handled = "take_ready.lua takes both" },
        new("redis.call('RPUSH', k, 'a', 'b', 'c')", "redis.call('RPOP', k, 1)", "{'c'}")
        { OnGarnet = "'c'", Handled = "take_ready.lua takes both" },
        new("redis.call('RPUSH', k, 'a', 'b', 'c')", "redis.call('RPOP', k, 2)", "{'c','b'}"),
        new("redis.call('RPUSH', k, 'a', 'b', 'c')", "redis.call('RPOP', k, 64)", "{'c','b','a'}"),
        new("", "redis.call('LPOP', k)", "false"),
        new("redis.call('RPUSH', k, 'a')", "redis.call('LPOP', k)", "'a'"),
        new("", "redis.call('LPUSH', k, unpack({ 'a', 'b' }))", "2"),
        new("", "redis.call('RPUSH', k, unpack({ 'a', 'b' }))", "2"),
        new("", "redis.call('LREM', k, 1, 'a')", "0"),
        new("redis.call('RPUSH', k, 'a', 'b')", "redis.call('LREM', k, 1, 'a')", "1"),
        new("redis.call('RPUSH', k, 'a', 'b', 'a')", "redis.call('LREM', k, -1, 'a')", "1"),
        new("redis.call('RPUSH', k, 'a', 'b', 'a')", "redis.call('LREM', k, 0, 'a')", "2"),
        new("", "redis.call('LPOS', k, 'a')", "false"),
        new("redis.call('RPUSH', k, 'b')", "redis.call('LPOS', k, 'a')", "false"),
        new("redis.call('RPUSH', k, 'a')", "redis.call('LPOS', k, 'a')", "0"),
        new("", "redis.call('LLEN', k)", "0"),
        new("redis.call('SET', k, 'a')", "redis.pcall('LLEN', k)", "{err}"),

        new("", "redis.call('ZADD', k, 1, 'a')", "1"),
        new("redis.call('ZADD', k, 1, 'a')", "redis.call('ZADD', k, 2, 'a')", "0"),
        new("", "redis.call('ZREM', k, '')", "0"),
        new("redis.call('ZADD', k, 1, 'a')", "redis.call('ZREM', k, 'a')", "1"),
        new("redis.call('ZADD', k, 1, 'a', 2, 'b')", "redis.call('ZREM', k, unpack({ 'a', 'b' }))", "2"),
        new("", "redis.call('ZSCORE', k, 'a')", "false"),
        new("redis.call('ZADD', k, 1, 'a')", "redis.call('ZSCORE', k, '')", "false"),
        new($"redis.call('ZADD', k, {Long}, 'a')", "redis.call('ZSCORE', k, 'a')", $"'{Long}'"),
        new("", "redis.call('ZRANGE', k, 0, 0)", "{}"),
        new("redis.call('ZADD', k, 1, 'a', 2, 'b')", "redis.call('ZRANGE', k, 0, 0)", "{'a'}"),
        new("redis.call('ZADD', k, 1, 'a', 2, 'b')", "redis.call('ZRANGE', k, -1, -1)", "{'b'}"),
        new("", "redis.call('ZRANGE', k, 0, 0, 'WITHSCORES')", "{}"),
        new($"redis.call('ZADD', k, {Long}, 'a')", "redis.call('ZRANGE', k, 0, 0, 'WITHSCORES')", $"{{'a','{Long}'}}"),
        new("redis.call('ZADD', k, 1, 'a', 2, 'b')", "redis.call('ZRANGE', k, 0, -1, 'WITHSCORES')", "{'a','1','b','2'}"),
        new("", "redis.call('ZRANGEBYSCORE', k, '-inf', 5)", "{}"),
        new("redis.call('ZADD', k, 1, 'a', 9, 'b')", "redis.call('ZRANGEBYSCORE', k, '-inf', 5)", "{'a'}"),
        new("", "redis.call('ZRANGEBYSCORE', k, '-inf', 5, 'LIMIT', 0, 2)", "{}"),
        new("redis.call('ZADD', k, 1, 'a', 2, 'b', 3, 'c')",
            "redis.call('ZRANGEBYSCORE', k, '-inf', 5, 'LIMIT', 0, 2)", "{'a','b'}"),
        new("", "redis.call('ZCARD', k)", "0"),
        new("redis.call('ZADD', k, 1, 'a')", "redis.call('ZCARD', k)", "1"),

        new("", "redis.call('HSET', k, 'a', '1', 'b', 2)", "2"),
        new("redis.call('HSET', k, 'a', '1')", "redis.call('HSET', k, 'a', '2')", "0"),
        new("", "redis.call('HSETNX', k, 'a', '1')", "1"),
        new("redis.call('HSET', k, 'a', '1')", "redis.call('HSETNX', k, 'a', '2')", "0"),
        new("", "redis.call('HGET', k, 'a')", "false"),
        new("redis.call('HSET', k, 'a', '1')", "redis.call('HGET', k, 'b')", "false"),
        new($"redis.call('HSET', k, 'a', {Long} + 1)", "redis.call('HGET', k, 'a')", "'1767225600124'"),
        new("", "redis.call('HDEL', k, 'a')", "0"),
        new("redis.call('HSET', k, 'a', '1', 'b', '2')", "redis.call('HDEL', k, 'a', 'b', 'c')", "2"),
        new("", "redis.call('HEXISTS', k, 'a')", "0"),
        new("redis.call('HSET', k, 'a', '1')", "redis.call('HEXISTS', k, 'a')", "1"),
        new("", "redis.call('HINCRBY', k, 'a', 1)", "1"),
        new("redis.call('HSET', k, 'a', 'x')", "redis.pcall('HINCRBY', k, 'a', 1)", "{err}"),
        new("redis.call('SET', k, 'x')", "redis.pcall('HINCRBY', k, 'a', 1)", "{err}"),
        new("redis.call('SET', k, 'x')", "redis.pcall('HGET', k, 'a')", "{err}"),
        new("redis.call('SET', k, 'x')", "redis.pcall('HDEL', k, 'a')", "{err}"),
        new("redis.call('SET', k, 'x')", "redis.pcall('HSET', k, 'a', 1)", "{err}"),
        new("redis.call('SET', k, 'x')", "redis.pcall('ZCARD', k)", "{err}"),
        new("", "redis.call('HLEN', k)", "0"),
        new("redis.call('HSET', k, 'a', '1', 'b', '2')", "redis.call('HLEN', k)", "2"),
        new("", "redis.call('HSTRLEN', k, 'a')", "0"),
        new("redis.call('HSET', k, 'a', 'four')", "redis.call('HSTRLEN', k, 'a')", "4"),

        new("", "redis.call('GET', k)", "false"),
        new($"redis.call('SET', k, {Long})", "redis.call('GET', k)", $"'{Long}'"),
        new("redis.call('RPUSH', k, 'a')", "redis.pcall('GET', k)", "{err}")
        { OnGarnet = "false", Handled = "a text is asked for; whatever else is there counts as none (leave.lua)" },
        new("", "redis.call('SET', k, '1')", "{ok=OK}")
        { OnGarnet = "'OK'", Handled = "nobody looks" },
        new("", "redis.call('SET', k, '1', 'EX', '60')", "{ok=OK}"),
        new("", "redis.pcall('SET', k, '1', 'EX', '60', 'GET')", "false"),
        new("redis.call('SET', k, 'a')", "redis.pcall('SET', k, '1', 'EX', '60', 'GET')", "'a'"),
        new("redis.call('RPUSH', k, 'a')", "redis.pcall('SET', k, '1', 'EX', '60', 'GET')", "{err}"),
        new("redis.call('RPUSH', k, 'a')",
            "type(redis.pcall('SET', k, '1', 'EX', '60', 'GET').err) .. redis.call('LLEN', k)", "'string1'"),
        new("redis.call('RPUSH', k, 'a')",
            "string.find(redis.pcall('SET', k, '1', 'EX', '60', 'GET').err, 'WRONGTYPE', 1, true)", "1"),
        new("", "redis.call('SET', k, '1', 'PX', 60000)", "{ok=OK}"),
        new("", "redis.call('SET', k, '1', 'NX', 'EX', '60')", "{ok=OK}"),
        new("redis.call('SET', k, '1')", "redis.call('SET', k, '1', 'NX', 'EX', '60')", "false"),
        new("", "redis.call('SET', k, '1', 'XX', 'EX', '60')", "false"),
        new("redis.call('SET', k, '1')", "redis.call('SET', k, '1', 'XX', 'EX', '60')", "{ok=OK}"),
        new("", "redis.call('GETRANGE', k, 0, 39)", "''"),
        new("redis.call('SET', k, 'abc')", "redis.call('GETRANGE', k, 0, 1)", "'ab'"),
        new("", "redis.call('SET', k, '1', 'NX', 'PX', '60000')", "{ok=OK}"),
        new("redis.call('SET', k, '1')", "redis.call('SET', k, '1', 'NX', 'PX', '60000')", "false"),
        new("", "redis.call('INCR', k)", "1"),
        new("", "redis.call('INCR', k) .. '|'", "'1|'"),
        new("", "redis.call('INCRBY', k, 5)", "5"),
        new("", "redis.call('DECRBY', k, 5)", "-5"),
        new("", "redis.call('DEL', k)", "0"),
        new("redis.call('RPUSH', k, 'a')", "redis.call('DEL', k)", "1"),
        new("", "redis.call('EXISTS', k)", "0"),
        new("redis.call('RPUSH', k, 'a')", "redis.call('EXISTS', k)", "1"),
        new("", "redis.call('EXPIRE', k, '60')", "0"),
        new("redis.call('HSET', k, 'a', '1')", "redis.call('EXPIRE', k, '60')", "1"),
        new("", "redis.call('TTL', k)", "-2"),
        new("redis.call('SET', k, '1')", "redis.call('TTL', k)", "-1"),

        new("", "redis.call('PUBLISH', k, 1000)", "0"),
        new("", "redis.pcall('PUBLISH', k, 'a')", "0"),
        new("", "tonumber(redis.call('PUBSUB', 'NUMSUB', 'nobody')[2])", "0"),
        new("", "#redis.call('TIME')", "2"),
        new("", "type(redis.call('TIME')[1])", "'string'"),
        new("", "math.floor(redis.call('TIME')[2] / 1000) % 1", "0"),
        new("", "redis.sha1hex('a')", "'86f7e437faa5a7fce15d1ddcb9eaeaea377667b8'"),
        new("", "redis.error_reply('WRONGTYPE it')", "{err}"),
        new("", $"string.format('%.0f', math.max({Long}, 1))", $"'{Long}'"),
    ];
}
