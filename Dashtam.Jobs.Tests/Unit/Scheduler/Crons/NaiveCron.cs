using System.Globalization;

namespace Dashtam.Jobs.Tests.Unit.Scheduler.Crons;

/// <summary>
/// What docs/reference/cron.md says, word for word and value by value, and slowly. It shares nothing with the code that it judges.
/// </summary>
internal sealed class NaiveCron
{
    private readonly bool[] _seconds;
    private readonly bool[] _minutes;
    private readonly bool[] _hours;
    private readonly bool[] _months;
    private readonly Func<DateTime, bool> _day;

    public NaiveCron(string cron)
    {
        var fields = cron.Split(' ');
        IsQuartz = fields.Length > 5;
        var rest = IsQuartz ? fields[1..] : fields;
        _seconds = Values(IsQuartz ? fields[0] : "0", 0, 59);
        _minutes = Values(rest[0], 0, 59);
        _hours = Values(rest[1], 0, 23);
        _months = Values(rest[3], 1, 12);
        var days = Values(rest[2] == "?" ? "*" : rest[2], 1, 31);
        var weekdays = Values(rest[4] == "?" ? "*" : rest[4], IsQuartz ? 1 : 0, 7);
        _day = day =>
        {
            var ofMonth = days[day.Day];
            var number = (int)day.DayOfWeek;
            var ofWeek = IsQuartz ? weekdays[number + 1] : weekdays[number] || (number == 0 && weekdays[7]);
            if (IsQuartz)
            {
                return rest[2] is "*" or "?" ? ofWeek : rest[4] is "*" or "?" ? ofMonth : ofMonth || ofWeek;
            }

            return rest[2][0] == '*' || rest[4][0] == '*' ? ofMonth && ofWeek : ofMonth || ofWeek;
        };
    }

    public bool IsQuartz { get; }

    public bool Names(DateTime time) => OnDay(time) && _hours[time.Hour] && _minutes[time.Minute] && _seconds[time.Second];

    /// <summary>The first minute (or second) after a time that matches, looked for one by one; null: none before the end.</summary>
    public DateTime? NextAfter(DateTime time, DateTime end)
    {
        var step = IsQuartz ? TimeSpan.FromSeconds(1) : TimeSpan.FromMinutes(1);
        var at = new DateTime(time.Ticks - (time.Ticks % step.Ticks)) + step;
        while (at < end)
        {
            if (!OnDay(at))
            {
                at = at.Date.AddDays(1);
            }
            else if (!_hours[at.Hour])
            {
                at = at.Date.AddHours(at.Hour + 1);
            }
            else if (Names(at))
            {
                return at;
            }
            else
            {
                at += step;
            }
        }

        return null;
    }

    private bool OnDay(DateTime day) => _months[day.Month] && _day(day);

    private bool[] Values(string field, int min, int max) =>
        [.. Enumerable.Range(0, max + 1).Select(value => value >= min && field.Split(',').Any(part => Is(part, value, min, max)))];

    private bool Is(string part, int value, int min, int max)
    {
        var halves = part.Split('/');
        var step = halves.Length > 1 ? int.Parse(halves[1], CultureInfo.InvariantCulture) : 1;
        var ends = halves[0].Split('-');
        var first = halves[0] == "*" ? min : Number(ends[0], max);
        var last = halves[0] == "*" || (ends.Length == 1 && halves.Length > 1) ? max : Number(ends[^1], max);
        return first <= last
            ? value >= first && value <= last && (value - first) % step == 0
            : value >= first ? (value - first) % step == 0
            : value <= last && (value + (max - min + 1) - first) % step == 0;
    }

    private int Number(string text, int max)
    {
        string[] names = max == 12
            ? ["", "JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"]
            : IsQuartz ? ["", "SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"] : ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"];
        var name = Array.IndexOf(names, text.ToUpperInvariant());
        return name >= 0 ? name : int.Parse(text, CultureInfo.InvariantCulture);
    }
}
