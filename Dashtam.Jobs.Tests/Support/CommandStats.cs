using System.Globalization;
using StackExchange.Redis;

namespace Dashtam.Jobs.Tests.Support;

/// <summary>What a Redis has been asked so far, commands within scripts included.</summary>
internal static class CommandStats
{
    /// <summary>How connections are kept, and how this is asked.</summary>
    private static readonly string[] NotCounted = ["info", "ping", "config|get"];

    /// <summary>Calls of each command.</summary>
    public static async Task<Dictionary<string, long>> CallsAsync(IServer server) =>
        (await server.InfoAsync("commandstats")).SelectMany(section => section)
            .Select(pair => (Name: pair.Key["cmdstat_".Length..], Calls: Calls(pair.Value)))
            .Where(command => !NotCounted.Contains(command.Name, StringComparer.Ordinal))
            .ToDictionary(command => command.Name, command => command.Calls, StringComparer.Ordinal);

    /// <summary>Calls of one command, for example <c>client|id</c>.</summary>
    public static async Task<long> CallsAsync(IServer server, string command) =>
        (await CallsAsync(server)).GetValueOrDefault(command);

    // calls=21,usec=…
    private static long Calls(string stats) => long.Parse(
        stats.AsSpan("calls=".Length, stats.IndexOf(',', StringComparison.Ordinal) - "calls=".Length),
        NumberStyles.None, CultureInfo.InvariantCulture);
}
