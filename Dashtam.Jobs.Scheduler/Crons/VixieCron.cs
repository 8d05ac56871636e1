using System.Numerics;

namespace Dashtam.Jobs.Scheduler.Crons;

/// <summary>A cron in five fields, as Vixie's crontab(5) has them: minute, hour, day of month, month, day of week.</summary>
internal sealed class VixieCron : ICronCalendar
{
    // 29 February falls on a given day of the week every 28 years, or 40 around a year without one.
    private const int LongestPauseYears = 41;

    private readonly ulong _minutes;
    private readonly ulong _hours;
    private readonly ulong _days;
    private readonly ulong _months;
    private readonly ulong _weekdays;
    private readonly bool _bothDays;

    /// <exception cref="CronFormatException">A field is not of the dialect.</exception>
    public VixieCron(IReadOnlyList<string> fields)
    {
        var reader = new CronFieldReader(quartz: false);
        _minutes = Set(reader.Read(CronField.Minute, fields[0]));
        _hours = Set(reader.Read(CronField.Hour, fields[1]));
        _days = Set(reader.Read(CronField.DayOfMonth, fields[2]));
        _months = Set(reader.Read(CronField.Month, fields[3]));
        _weekdays = Set(reader.Read(CronField.VixieDayOfWeek, fields[4]).Select(day => day % 7));

        // Vixie's word for it: the field begins with an asterisk, whatever follows.
        _bothDays = fields[2].StartsWith('*') || fields[4].StartsWith('*');
        IsWild = fields[0].StartsWith('*') || fields[1].StartsWith('*');
    }

    public bool IsWild { get; }

    public DateTime? NextAfter(DateTime time)
    {
        var from = time.AddTicks(-(time.Ticks % TimeSpan.TicksPerMinute)).AddMinutes(1);
        if (IsOn(from) && InDay(from) is { } today)
        {
            return today;
        }

        var last = from.Year + LongestPauseYears;
        for (var day = from.Date.AddDays(1); day.Year <= last; day = NextDay(day))
        {
            if (IsOn(day))
            {
                return InDay(day);
            }
        }

        return null;
    }

    private static ulong Set(IEnumerable<int> numbers) => numbers.Aggregate(0UL, (set, number) => set | (1UL << number));

    private static bool Has(ulong set, int number) => (set & (1UL << number)) != 0;

    /// <summary>The smallest number of a set that is not below another one; 64: none.</summary>
    private static int First(ulong set, int from) => from > 63 ? 64 : BitOperations.TrailingZeroCount(set & (ulong.MaxValue << from));

    private bool IsOn(DateTime day)
    {
        var ofMonth = Has(_days, day.Day);
        var ofWeek = Has(_weekdays, (int)day.DayOfWeek);
        return Has(_months, day.Month) && (_bothDays ? ofMonth && ofWeek : ofMonth || ofWeek);
    }

    private DateTime NextDay(DateTime day) =>
        Has(_months, day.Month) ? day.AddDays(1) : new DateTime(day.Year, day.Month, 1).AddMonths(1);

    /// <summary>The first time of a day, not before the given one.</summary>
    private DateTime? InDay(DateTime from)
    {
        var hour = First(_hours, from.Hour);
        var minute = First(_minutes, hour == from.Hour ? from.Minute : 0);
        if (minute > 59)
        {
            hour = First(_hours, from.Hour + 1);
            minute = First(_minutes, 0);
        }

        return hour > 23 ? null : from.Date.AddHours(hour).AddMinutes(minute);
    }
}
