using System.Globalization;
using System.Text;

namespace Dashtam.Jobs.Core.PythonSchedules;

/// <summary>Reads when an entry fires.</summary>
internal static class TimingFields
{
    private const string Cron = "cron";
    private const string Offset = "cron_offset";
    private const string Time = "time";
    private const string Interval = "interval";

    // Longer ones mean nothing that a shorter one could not say.
    private const int LongestCron = 1_000;
    private const int LongestZone = 100;

    private static readonly TimeSpan LongestOffset = TimeSpan.FromDays(366);

    private static readonly ScheduleTiming.Every Never = new(TimeSpan.MaxValue);

    /// <summary>Of the three exactly one; of no account once a field has failed.</summary>
    public static ScheduleTiming Read(ScheduleFields fields)
    {
        string[] given = [.. new[] { Cron, Time, Interval }.Where(field => !fields.IsNull(field))];
        if (given.Length != 1)
        {
            fields.Fail(given.Length == 0
                ? $"none of '{Cron}', '{Time}' and '{Interval}' is given"
                : $"'{string.Join("' and '", given)}' are given, and it must be one of them");
            return Never;
        }

        return given[0] switch
        {
            Cron => ReadCron(fields),
            Time => ReadTime(fields),
            _ => ReadInterval(fields),
        };
    }

    private static ScheduleTiming ReadTime(ScheduleFields fields)
    {
        if (fields.Text(Time) is { } text && PythonInstant.TryParse(text, out var instant))
        {
            return new ScheduleTiming.At(instant);
        }

        fields.Fail($"field '{Time}' is no time in ISO 8601");
        return Never;
    }

    private static ScheduleTiming.Every ReadInterval(ScheduleFields fields)
    {
        var period = TimeSpan.Zero;
        var read = IsText(fields, Interval)
            ? fields.Text(Interval) is { } text && (TryWholeSeconds(text, out period) || PythonDuration.TryParse(text, out period))
            : TryWholeSeconds(Number(fields, Interval), out period);
        if (read && period >= TimeSpan.FromSeconds(1) && period.Ticks % TimeSpan.TicksPerSecond == 0)
        {
            return new ScheduleTiming.Every(period);
        }

        fields.Fail($"field '{Interval}' must be whole seconds, at least one, as a number or as a duration in ISO 8601");
        return Never;
    }

    private static ScheduleTiming.Cron ReadCron(ScheduleFields fields)
    {
        var cron = fields.Text(Cron) ?? "";
        if (cron.Length > LongestCron)
        {
            fields.Fail($"field '{Cron}' is longer than {LongestCron:N0} characters");
        }

        var (zone, offset) = (default(string), TimeSpan.Zero);
        var read = fields.IsNull(Offset) || (IsText(fields, Offset)
            ? TryOffset(fields.Text(Offset) ?? "", out zone, out offset)
            : TrySeconds(Number(fields, Offset), out offset));
        if (!read || offset.Duration() > LongestOffset)
        {
            fields.Fail($"field '{Offset}' must be a zone's name, or a duration of a year at most");
        }

        return new ScheduleTiming.Cron(cron, zone, offset);
    }

    // TaskIQ takes an empty one for none.
    private static bool TryOffset(string text, out string? zone, out TimeSpan offset)
    {
        offset = TimeSpan.Zero;
        zone = text.Length == 0 || PythonDuration.IsMeant(text) ? null : text;
        return text.Length <= LongestZone && (zone is not null || text.Length == 0 || PythonDuration.TryParse(text, out offset));
    }

    private static bool IsText(ScheduleFields fields, string field) => fields.Find(field) is { Span: [(byte)'"', ..] };

    private static string Number(ScheduleFields fields, string field) =>
        fields.Find(field) is { Span: [(byte)'-' or (>= (byte)'0' and <= (byte)'9'), ..] } value
            ? Encoding.ASCII.GetString(value.Span)
            : "";

    private static bool TryWholeSeconds(string text, out TimeSpan duration) =>
        TrySeconds(text, out duration) && duration.Ticks % TimeSpan.TicksPerSecond == 0;

    /// <summary>Seconds as a number; more than there is time are as many as there are.</summary>
    private static bool TrySeconds(string text, out TimeSpan duration)
    {
        duration = default;
        if (!double.TryParse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent,
                CultureInfo.InvariantCulture, out var seconds)
            || double.IsNaN(seconds))
        {
            return false;
        }

        const double most = 900_000_000_000; // TimeSpan ends at 922 thousand million
        duration = TimeSpan.FromSeconds(Math.Clamp(seconds, -most, most));
        return true;
    }
}
