namespace Dashtam.Jobs.Scheduler.Crons;

/// <summary>Says on which days a cron fires, in words.</summary>
internal static class CronDayWords
{
    public static string Of(CronFieldReader reader, string ofMonth, string ofWeek, bool quartz)
    {
        var days = CronWords.Has(ofMonth) ? OfMonth(reader, ofMonth) : null;
        var weekdays = CronWords.Has(ofWeek) ? OfWeek(reader, ofWeek, quartz) : null;
        if (days is null || weekdays is null)
        {
            return (days ?? weekdays) is { } alone ? $"on {alone}" : "";
        }

        var both = !quartz && (ofMonth.StartsWith('*') || ofWeek.StartsWith('*'));
        return !both ? $"on {days} and on {weekdays}"
            : ofMonth == "*/2" ? $"on odd {weekdays}"
            : $"on {weekdays} that are {days}";
    }

    private static string OfMonth(CronFieldReader reader, string field)
    {
        if (field == "*/2")
        {
            return "odd days of the month";
        }

        var parts = field.Split(',');
        var plain = parts.Where(part => !IsSpecial(part)).ToList();
        var special = parts.Where(IsSpecial).Select(Special);
        var numbers = plain.Count == 0
            ? []
            : new[] { $"day {CronWords.Numbers(reader.Read(CronField.DayOfMonth, string.Join(',', plain)))} of the month" };
        return string.Join(" and ", numbers.Concat(special));
    }

    private static bool IsSpecial(string part) => part.AsSpan().ContainsAny('L', 'W');

    // L, LW, L-3, L-3W, 15W.
    private static string Special(string part)
    {
        var last = part.TrimEnd('W');
        var day = last == "L" ? "the last day of the month"
            : last.StartsWith('L') ? $"the day {last[2..]} before the last of the month"
            : $"day {last} of the month";
        return part.EndsWith('W') ? $"the working day nearest to {day}" : day;
    }

    private static string OfWeek(CronFieldReader reader, string field, bool quartz)
    {
        var dayOfWeek = quartz ? CronField.QuartzDayOfWeek : CronField.VixieDayOfWeek;
        var hash = field.IndexOf('#', StringComparison.Ordinal);
        if (hash >= 0)
        {
            return $"the {Name(field[..hash])} number {field[(hash + 1)..]} of the month";
        }

        if (field.EndsWith('L'))
        {
            return field == "L" ? "Saturdays" : $"the last {Name(field[..^1])} of the month";
        }

        var days = reader.Read(dayOfWeek, field).Select(day => (day - (quartz ? 1 : 0)) % 7).Distinct().Order().ToList();
        return days.Count == 7 ? "all days of the week"
            : days is [1, 2, 3, 4, 5] ? "Mondays to Fridays"
            : string.Join(", ", days.Select(day => $"{(DayOfWeek)day}s"));

        string Name(string day) => $"{(DayOfWeek)(CronFieldReader.Number(dayOfWeek, day, day) - 1)}";
    }
}
