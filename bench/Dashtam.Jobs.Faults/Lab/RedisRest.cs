using System.Globalization;
using StackExchange.Redis;

namespace Dashtam.Jobs.Faults.Lab;

/// <summary>Takes back what faults have set in Redis, and looks whether something of it is left.</summary>
/// <param name="server">Past all proxies.</param>
/// <param name="time">This machine's clock, by which Redis' clock is right.</param>
internal sealed class RedisRest(IServer server, TimeProvider time)
{
    private static readonly TimeSpan RightClock = TimeSpan.FromSeconds(2);

    /// <summary>Ends a pause and keeps idle connections; returns what is not yet as it was at the start, null when all is.</summary>
    public async Task<string?> RestoreAsync()
    {
        await server.ExecuteAsync("CLIENT", "UNPAUSE");
        await server.ExecuteAsync("CONFIG", "SET", "timeout", 0);
        var timeout = (await server.ConfigGetAsync("timeout")).Single().Value;
        return Left(timeout, await server.TimeAsync(), time.GetUtcNow());
    }

    /// <summary>What is left of the faults; null: nothing.</summary>
    /// <param name="timeout">Redis' setting of that name.</param>
    /// <param name="redisNow">Redis' clock.</param>
    /// <param name="now">This machine's clock.</param>
    public static string? Left(string timeout, DateTime redisNow, DateTimeOffset now)
    {
        var off = redisNow - now.UtcDateTime;
        return timeout != "0" ? $"it still closes connections that are idle for {timeout} s"
            : off.Duration() > RightClock ? string.Create(CultureInfo.InvariantCulture, $"its clock is still off by {off.TotalSeconds:N0} s")
            : null;
    }
}
