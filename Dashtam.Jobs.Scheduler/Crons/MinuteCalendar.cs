using System.Numerics;

namespace Dashtam.Jobs.Scheduler.Crons;

/// <summary>The minutes that five sets of numbers name: minutes, hours, days of the month, months, days of the week (0 is Sunday).</summary>
internal sealed record MinuteCalendar
{
    // 29 February falls on a given day of the week every 28 years, or 40 around a year without one.
    private const int LongestPauseYears = 41;

    public required ulong Minutes { get; init; }

    public required ulong Hours { get; init; }

    public required ulong Days { get; init; }

    public required ulong Months { get; init; }

    public required ulong Weekdays { get; init; }

    /// <summary>Whether a day must be in both sets of days, or in one of them.</summary>
    public required bool BothDays { get; init; }

    /// <summary>A set with these numbers, of 0 to 63.</summary>
    public static ulong Set(IEnumerable<int> numbers) => numbers.Aggregate(0UL, (set, number) => set | (1UL << number));

    /// <summary>Whether a minute is named.</summary>
    public bool Has(DateTime minute) => IsOn(minute) && Has(Hours, minute.Hour) && Has(Minutes, minute.Minute);

    /// <summary>The first minute after a time; null: there is none.</summary>
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

    private static bool Has(ulong set, int number) => (set & (1UL << number)) != 0;

    /// <summary>The smallest number of a set that is not below another one; 64: none.</summary>
    private static int First(ulong set, int from) => from > 63 ? 64 : BitOperations.TrailingZeroCount(set & (ulong.MaxValue << from));

    private bool IsOn(DateTime day)
    {
        var ofMonth = Has(Days, day.Day);
        var ofWeek = Has(Weekdays, (int)day.DayOfWeek);
        return Has(Months, day.Month) && (BothDays ? ofMonth && ofWeek : ofMonth || ofWeek);
    }

    private DateTime NextDay(DateTime day) =>
        Has(Months, day.Month) ? day.AddDays(1) : new DateTime(day.Year, day.Month, 1).AddMonths(1);

    /// <summary>The first minute of a day, not before the given one.</summary>
    private DateTime? InDay(DateTime from)
    {
        var hour = First(Hours, from.Hour);
        var minute = First(Minutes, hour == from.Hour ? from.Minute : 0);
        if (minute > 59)
        {
            hour = First(Hours, from.Hour + 1);
            minute = First(Minutes, 0);
        }

        return hour > 23 || minute > 59 ? null : from.Date.AddHours(hour).AddMinutes(minute);
    }
}
