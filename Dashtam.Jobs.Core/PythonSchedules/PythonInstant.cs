using System.Globalization;

namespace Dashtam.Jobs.Core.PythonSchedules;

/// <summary>Times as pydantic writes and reads them: ISO 8601, with a zone's offset or, in UTC, without.</summary>
internal static class PythonInstant
{
    private const int DateLength = 10; // 2031-01-02
    private const int MinuteLength = 5; // 03:04
    private const int SecondLength = 8; // 03:04:05
    private const int MostDigits = 6; // microseconds; pydantic cuts off what is finer

    public static bool TryParse(string text, out DateTimeOffset instant)
    {
        instant = default;
        var span = text.AsSpan();
        if (span.Length <= DateLength || span[DateLength] is not ('T' or 't' or ' ' or '_')
            || !TryExact(span[..DateLength], "yyyy-MM-dd", out var date))
        {
            return false;
        }

        var rest = span[(DateLength + 1)..];
        var zone = rest.IndexOfAny("Zz+-");
        var offset = TimeSpan.Zero;
        if (!TryTime(zone < 0 ? rest : rest[..zone], out var time) || (zone >= 0 && !TryOffset(rest[zone..], out offset)))
        {
            return false;
        }

        var ticks = (date + time).Ticks - offset.Ticks;
        if (ticks < DateTime.MinValue.Ticks || ticks > DateTime.MaxValue.Ticks)
        {
            return false;
        }

        instant = new DateTimeOffset(ticks, TimeSpan.Zero);
        return true;
    }

    private static bool TryTime(ReadOnlySpan<char> text, out TimeSpan time)
    {
        time = default;
        var whole = text.Length > MinuteLength ? SecondLength : MinuteLength;
        if (text.Length < whole || !TryExact(text[..whole], whole == SecondLength ? "HH:mm:ss" : "HH:mm", out var clock))
        {
            return false;
        }

        time = clock.TimeOfDay;
        return text.Length == whole || TryFraction(text[whole..], ref time);
    }

    private static bool TryFraction(ReadOnlySpan<char> text, ref TimeSpan time)
    {
        if (text is not ['.' or ',', _, ..] || text[1..].ContainsAnyExceptInRange('0', '9'))
        {
            return false;
        }

        Span<char> micros = stackalloc char[MostDigits];
        micros.Fill('0');
        var digits = text[1..Math.Min(text.Length, MostDigits + 1)];
        digits.CopyTo(micros);
        time += TimeSpan.FromMicroseconds(int.Parse(micros, CultureInfo.InvariantCulture));
        return true;
    }

    // +02:00 or +0200, below a day.
    private static bool TryOffset(ReadOnlySpan<char> text, out TimeSpan offset)
    {
        offset = default;
        if (text is ['Z' or 'z'])
        {
            return true;
        }

        var digits = text is [_, _, _, ':', _, _] ? "HH:mm" : "HHmm";
        if (text.Length != digits.Length + 1 || text[0] is 'Z' or 'z' || !TryExact(text[1..], digits, out var ahead))
        {
            return false;
        }

        offset = text[0] == '-' ? -ahead.TimeOfDay : ahead.TimeOfDay;
        return true;
    }

    private static bool TryExact(ReadOnlySpan<char> text, string format, out DateTime value) =>
        DateTime.TryParseExact(text, format, CultureInfo.InvariantCulture, DateTimeStyles.NoCurrentDateDefault, out value);
}
