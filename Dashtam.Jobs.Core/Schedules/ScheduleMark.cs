using System.Globalization;
using StackExchange.Redis;

namespace Dashtam.Jobs.Core.Schedules;

/// <summary>An instant that is stored for a schedule, read as <c>instant.lua</c> reads it.</summary>
internal static class ScheduleMark
{
    /// <summary>The year 2100 in Unix seconds: what lies beyond is no instant, but a slip or another unit.</summary>
    public const long Latest = 4_102_444_800;

    /// <summary>Null: it is no instant.</summary>
    /// <param name="value">As stored.</param>
    /// <param name="perSecond">What it counts: 1, or 1000 for milliseconds.</param>
    public static DateTimeOffset? Read(RedisValue value, long perSecond) =>
        (string?)value is { } text
        && long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
        && (text == "0" || text[0] != '0') // two texts of one number would differ where a script compares what it has read
        && number <= Latest * perSecond && (number > 0 || perSecond == 1)
            ? DateTimeOffset.FromUnixTimeMilliseconds(number * 1_000 / perSecond)
            : null;
}
