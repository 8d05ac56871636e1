using System.Buffers;
using System.Globalization;

namespace Dashtam.Jobs.Core.PythonSchedules;

/// <summary>ISO 8601 durations as pydantic writes and reads them: <c>PT2M</c>, <c>-PT5H</c>, <c>P1DT2H0.5S</c>.</summary>
/// <remarks>A year has 365 days there, a month 30.</remarks>
internal static class PythonDuration
{
    private const int Longest = 64;
    private const int MostDigits = 20;
    private const decimal MostSeconds = 900_000_000_000; // TimeSpan ends at 922 thousand million
    private const double DaysInYear = 365;
    private const double DaysInMonth = 30;
    private const double DaysInWeek = 7;

    private static readonly SearchValues<char> OfNumber = SearchValues.Create("0123456789.,");

    // Upper case, in this order, each at most once.
    private static readonly (char Unit, TimeSpan Size)[] Dates =
    [
        ('Y', TimeSpan.FromDays(DaysInYear)), ('M', TimeSpan.FromDays(DaysInMonth)), ('W', TimeSpan.FromDays(DaysInWeek)),
        ('D', TimeSpan.FromDays(1)),
    ];

    private static readonly (char Unit, TimeSpan Size)[] Times =
        [('H', TimeSpan.FromHours(1)), ('M', TimeSpan.FromMinutes(1)), ('S', TimeSpan.FromSeconds(1))];

    /// <summary>Whether a text begins as a duration does; no zone has such a name, not even <c>PST8PDT</c>.</summary>
    public static bool IsMeant(string text)
    {
        var rest = text.AsSpan();
        rest = rest is ['-' or '+', ..] ? rest[1..] : rest;
        return rest is ['P', >= '0' and <= '9', ..] or ['P', 'T', >= '0' and <= '9', ..];
    }

    public static bool TryParse(string text, out TimeSpan duration)
    {
        duration = default;
        var rest = text.AsSpan();
        var negative = rest is ['-', ..];
        rest = rest is ['-' or '+', ..] ? rest[1..] : rest;
        if (rest is not ['P', _, ..] || rest.Length > Longest)
        {
            return false;
        }

        rest = rest[1..];
        var time = rest.IndexOf('T');
        var dates = time < 0 ? rest : rest[..time];
        var seconds = 0m;
        if (!TryAdd(dates, Dates, ref seconds)
            || (time >= 0 && (time == rest.Length - 1 || !TryAdd(rest[(time + 1)..], Times, ref seconds)))
            || seconds > MostSeconds)
        {
            return false;
        }

        var ticks = (long)(seconds * TimeSpan.TicksPerSecond);
        duration = new TimeSpan(negative ? -ticks : ticks);
        return true;
    }

    private static bool TryAdd(ReadOnlySpan<char> text, ReadOnlySpan<(char Unit, TimeSpan Size)> units, ref decimal seconds)
    {
        while (!text.IsEmpty)
        {
            var end = text.IndexOfAnyExcept(OfNumber);
            if (end <= 0 || !TryNumber(text[..end], out var number))
            {
                return false;
            }

            var unit = text[end];
            var place = 0;
            while (place < units.Length && units[place].Unit != unit)
            {
                place++;
            }

            if (place == units.Length)
            {
                return false;
            }

            seconds += number * (decimal)units[place].Size.TotalSeconds;
            units = units[(place + 1)..];
            text = text[(end + 1)..];
        }

        return true;
    }

    private static bool TryNumber(ReadOnlySpan<char> text, out decimal number)
    {
        number = 0;
        return text.Length <= MostDigits && char.IsAsciiDigit(text[0])
            && decimal.TryParse(text.ToString().Replace(',', '.'), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out number);
    }
}
