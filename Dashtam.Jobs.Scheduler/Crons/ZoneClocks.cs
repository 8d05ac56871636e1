using System.Collections.Concurrent;

namespace Dashtam.Jobs.Scheduler.Crons;

/// <summary>The clocks of zones by name, each worked out once. There are some six hundred zones.</summary>
internal sealed class ZoneClocks
{
    private const int LongestName = 100;

    private readonly ConcurrentDictionary<string, ZoneClock> _clocks = new(StringComparer.Ordinal);

    /// <summary>A zone's clock; null: there is no such zone.</summary>
    /// <param name="zone">An IANA name; anything else, such as a path, names no zone.</param>
    public ZoneClock? Find(string zone)
    {
        if (_clocks.TryGetValue(zone, out var known))
        {
            return known;
        }

        return zone.Length <= LongestName && zone.All(IsOfName) && TimeZoneInfo.TryFindSystemTimeZoneById(zone, out var found)
            ? _clocks.GetOrAdd(zone, new ZoneClock(found))
            : null;
    }

    private static bool IsOfName(char letter) => char.IsAsciiLetterOrDigit(letter) || letter is '_' or '+' or '-' or '/';
}
