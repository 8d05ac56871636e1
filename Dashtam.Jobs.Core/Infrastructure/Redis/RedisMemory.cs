using System.Globalization;
using StackExchange.Redis;

namespace Dashtam.Jobs.Core.Infrastructure.Redis;

/// <summary>How full the queue's server is, as its <c>INFO memory</c> says; nulls: it does not say.</summary>
/// <param name="Used">Bytes that count towards <paramref name="Limit"/>.</param>
/// <param name="Limit">Its <c>maxmemory</c> in bytes; 0: none.</param>
/// <param name="Policy">Its <c>maxmemory-policy</c>.</param>
internal sealed record RedisMemory(long? Used, long? Limit, string? Policy)
{
    /// <summary>Nothing is known.</summary>
    public static RedisMemory Unknown { get; } = new(Used: null, Limit: null, Policy: null);

    /// <summary>Used, of its limit; null where there is none.</summary>
    public double? Percent => Used is { } used && Limit is > 0 and { } limit ? 100.0 * used / limit : null;

    /// <summary>Whether a full server throws keys away rather than refuse a write.</summary>
    public bool Evicts => Policy is not (null or "noeviction");

    /// <summary>Asks the server that has the queue.</summary>
    public static async Task<RedisMemory> ReadAsync(IDatabase database, RedisKey key)
    {
        var endpoint = await database.IdentifyEndpointAsync(key, CommandFlags.DemandMaster)
            ?? throw new RedisConnectionException(ConnectionFailureType.UnableToConnect, CommandFlags.None, "No server has the queue");
        return Parse(await database.Multiplexer.GetServer(endpoint).InfoRawAsync("memory") ?? "");
    }

    /// <summary>Reads the text of <c>INFO memory</c>.</summary>
    public static RedisMemory Parse(string info)
    {
        var fields = info.Split('\n')
            .Select(line => line.Trim().Split(':', 2))
            .Where(parts => parts.Length == 2)
            .DistinctBy(parts => parts[0], StringComparer.Ordinal)
            .ToDictionary(parts => parts[0], parts => parts[1], StringComparer.Ordinal);

        // The buffers of replicas are in the one number, but Redis leaves them out when it compares.
        var used = Number("used_memory") - (Number("mem_not_counted_for_evict") ?? 0);
        return new RedisMemory(used, Number("maxmemory"), fields.GetValueOrDefault("maxmemory_policy"));

        long? Number(string field) =>
            long.TryParse(fields.GetValueOrDefault(field), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
                ? number
                : null;
    }
}
