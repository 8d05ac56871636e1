using System.Globalization;

namespace Dashtam.Jobs.Scheduler.Crons;

/// <summary>Says a cron in words, for the log.</summary>
internal static class CronWords
{
    // More times of the day than these are said as minutes and hours.
    private const int MostTimes = 6;

    /// <param name="cron">One that can be read.</param>
    public static string Of(string cron)
    {
        var fields = Cron.Parse(cron).Fields.Select(field => field.ToUpperInvariant()).ToList();
        var quartz = fields.Count > 5;
        var reader = new CronFieldReader(quartz);
        var rest = fields.Skip(quartz ? 1 : 0).ToList();
        var seconds = quartz ? reader.Read(CronField.Second, fields[0]) : [0];
        var parts = new[]
        {
            Time(reader, quartz ? fields[0] : "0", seconds, rest),
            CronDayWords.Of(reader, rest[2], rest[4], quartz),
            Has(rest[3]) ? $"in {Months(reader.Read(CronField.Month, rest[3]))}" : "",
            rest.Count > 5 && Has(rest[5]) ? $"in {Numbers(reader.Read(CronField.Year, rest[5]))}" : "",
        };
        return string.Join(' ', parts.Where(part => part.Length > 0));
    }

    /// <summary><c>1, 3-5</c> for 1, 3, 4, 5.</summary>
    internal static string Numbers(IReadOnlyList<int> numbers) => string.Join(", ", Runs(numbers).Select(run =>
        run.First == run.Last ? $"{run.First}" : run.Last == run.First + 1 ? $"{run.First}, {run.Last}" : $"{run.First}-{run.Last}"));

    internal static bool Has(string field) => field is not ("*" or "?");

    private static string Time(CronFieldReader reader, string second, IReadOnlyList<int> seconds, List<string> rest)
    {
        var minutes = reader.Read(CronField.Minute, rest[0]);
        var hours = reader.Read(CronField.Hour, rest[1]);
        if (seconds.Count * minutes.Count * hours.Count <= MostTimes)
        {
            var times = from hour in hours from minute in minutes from at in seconds select At(hour, minute, at);
            return $"at {string.Join(", ", times)}";
        }

        var ofMinute = second == "0" ? "" : $"{Each(second, seconds, "second")}{(rest[0] == "*" ? "" : " of ")}";
        var ofHour = ofMinute.Length > 0 && rest[0] == "*" ? "" : Each(rest[0], minutes, "minute");
        return $"{ofMinute}{ofHour}{(rest[1] == "*" ? "" : $" in {Each(rest[1], hours, "hour")}")}";
    }

    private static string At(int hour, int minute, int second) =>
        second == 0 ? $"{hour:00}:{minute:00}" : $"{hour:00}:{minute:00}:{second:00}";

    /// <summary>"every 15 minutes" where the steps divide the whole evenly; "minute 5, 20-25" otherwise.</summary>
    private static string Each(string field, IReadOnlyList<int> numbers, string unit)
    {
        var whole = unit == "hour" ? 24 : 60;
        if (field == "*")
        {
            return $"every {unit}";
        }

        return field is ['*' or '0', '/', .. var step] && int.TryParse(step, CultureInfo.InvariantCulture, out var by) && by > 1 && whole % by == 0
            ? $"every {by} {unit}s"
            : $"{unit} {Numbers(numbers)}{(unit == "minute" ? " of the hour" : "")}";
    }

    private static string Months(IReadOnlyList<int> months) =>
        string.Join(", ", months.Select(month => new DateTime(2000, month, 1).ToString("MMMM", CultureInfo.InvariantCulture)));

    private static IEnumerable<(int First, int Last)> Runs(IReadOnlyList<int> numbers)
    {
        for (var at = 0; at < numbers.Count;)
        {
            var first = numbers[at];
            var last = first;
            while (++at < numbers.Count && numbers[at] == last + 1)
            {
                last = numbers[at];
            }

            yield return (first, last);
        }
    }
}
