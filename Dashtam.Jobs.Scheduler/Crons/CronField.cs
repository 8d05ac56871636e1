namespace Dashtam.Jobs.Scheduler.Crons;

/// <summary>A field of a cron.</summary>
/// <param name="Name">As error messages have it.</param>
/// <param name="Min">The smallest number.</param>
/// <param name="Max">The largest number, of a step as well.</param>
/// <param name="Names">Names of the numbers from <paramref name="Min"/> on; empty: numbers alone.</param>
internal sealed record CronField(string Name, int Min, int Max, IReadOnlyList<string> Names)
{
    private static readonly string[] Months =
        ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"];

    private static readonly string[] Days = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"];

    public static CronField Second { get; } = new("second", 0, 59, []);

    public static CronField Minute { get; } = new("minute", 0, 59, []);

    public static CronField Hour { get; } = new("hour", 0, 23, []);

    public static CronField DayOfMonth { get; } = new("day of month", 1, 31, []);

    public static CronField Month { get; } = new("month", 1, 12, Months);

    /// <summary>Sunday is 0, and 7 as well.</summary>
    public static CronField VixieDayOfWeek { get; } = new("day of week", 0, 7, Days);

    /// <summary>Sunday is 1.</summary>
    public static CronField QuartzDayOfWeek { get; } = new("day of week", 1, 7, Days);

    public static CronField Year { get; } = new("year", 1970, 2099, []);

    /// <summary>What a number or a name may be.</summary>
    public string Allowed => Names.Count == 0 ? $"{Min}-{Max}" : $"{Min}-{Max} or {Names[0]}-{Names[^1]}";

    /// <summary>Refuses a value of the field.</summary>
    public CronFormatException Wrong(string value, string problem) => new($"{Name} '{value}': {problem}");
}
