using System.Text.RegularExpressions;

namespace Dashtam.Jobs.Scheduler.Crons;

/// <summary>Writes Quartz' fields without what Quartz reads in part: numbers, ranges and steps become lists.</summary>
internal static partial class QuartzFields
{
    private static readonly CronFieldReader Reader = new(quartz: true);

    /// <exception cref="CronFormatException">A field is not of the dialect.</exception>
    public static IEnumerable<string> Normalize(IReadOnlyList<string> fields)
    {
        yield return Plain(CronField.Second, fields[0]);
        yield return Plain(CronField.Minute, fields[1]);
        yield return Plain(CronField.Hour, fields[2]);
        yield return DaysOfMonth(fields[3].ToUpperInvariant());
        yield return Plain(CronField.Month, fields[4]);
        yield return DaysOfWeek(fields[5].ToUpperInvariant());
        if (fields.Count > 6)
        {
            yield return Plain(CronField.Year, fields[6]);
        }
    }

    private static string Plain(CronField field, string value) =>
        value is "*" ? value : string.Join(',', Reader.Read(field, value));

    private static string DaysOfMonth(string value) => value is "?" or "*"
        ? value
        : string.Join(',', value.Split(',').Select(part => LastDay().IsMatch(part) ? Offset(value, part) : Weekday(value, part)));

    // L, LW, L-3 and L-3W.
    private static string Offset(string value, string part)
    {
        var offset = LastDay().Match(part).Groups["offset"];
        return !offset.Success || CronFieldReader.Number(new CronField("day of month", 0, 30, []), value, offset.Value) >= 0
            ? part
            : value;
    }

    private static string Weekday(string value, string part) => part.EndsWith('W')
        ? $"{CronFieldReader.Number(CronField.DayOfMonth, value, part[..^1])}W"
        : string.Join(',', Reader.ReadPart(CronField.DayOfMonth, value, part));

    private static string DaysOfWeek(string value)
    {
        var field = CronField.QuartzDayOfWeek;
        if (value is "?" or "*" or "L")
        {
            return value;
        }

        if (value.EndsWith('L'))
        {
            return $"{CronFieldReader.Number(field, value, value[..^1])}L";
        }

        var hash = value.IndexOf('#', StringComparison.Ordinal);
        return hash < 0
            ? Plain(field, value)
            : $"{CronFieldReader.Number(field, value, value[..hash])}#{Nth(value, value[(hash + 1)..])}";
    }

    private static int Nth(string value, string text) =>
        CronFieldReader.Number(new CronField("day of week", 1, 5, []), value, text);

    [GeneratedRegex("^L(-(?<offset>[0-9]+))?W?$", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex LastDay();
}
