using System.Collections.Concurrent;

namespace Dashtam.Jobs.Scheduler.Crons;

/// <summary>When a zone's clocks are changed.</summary>
/// <remarks>
/// It only asks how far local time is from UTC at an instant, which has one answer. What .NET says of local times (which are
/// ambiguous or invalid, and what a zone's rules are) is wrong for zones whose summer time is negative or whose base offset changes.
/// </remarks>
internal sealed class ZoneClock(TimeZoneInfo zone)
{
    private const int FirstYear = 1971;
    private const int LastYear = 2200;

    // No zone's clocks are changed twice within this, and back to what they were.
    private static readonly TimeSpan Look = TimeSpan.FromHours(6);
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    // A few entries for each year that was asked for, of the two hundred there are.
    private readonly ConcurrentDictionary<int, IReadOnlyList<Stretch>> _years = [];
    private readonly bool _neverChanges = !zone.SupportsDaylightSavingTime && zone.GetAdjustmentRules().Length == 0;

    /// <summary>The stretch that an instant is in, and those that follow; a stretch ends with its year at the latest.</summary>
    /// <param name="instant">UTC; one before 1971 begins with that year.</param>
    public IEnumerable<Stretch> From(DateTime instant)
    {
        for (var year = Math.Max(instant.Year, FirstYear); year <= LastYear; year++)
        {
            foreach (var stretch in _years.GetOrAdd(year, InYear))
            {
                if (stretch.End > instant)
                {
                    yield return stretch;
                }
            }
        }
    }

    private IReadOnlyList<Stretch> InYear(int year)
    {
        var start = new DateTime(year, 1, 1, 0, 0, 0, DateTimeKind.Utc);
        var end = start.AddYears(1);
        var before = zone.GetUtcOffset(start - Second);
        var stretches = new List<Stretch>();
        while (start < end)
        {
            var offset = zone.GetUtcOffset(start);
            var change = _neverChanges ? end : FirstChange(start, end, offset);
            stretches.Add(new Stretch(start, change, before, offset));
            (start, before) = (change, offset);
        }

        return stretches;
    }

    private DateTime FirstChange(DateTime start, DateTime end, TimeSpan offset)
    {
        for (var same = start; same < end; same += Look)
        {
            var next = same + Look < end ? same + Look : end - Second;
            if (zone.GetUtcOffset(next) != offset)
            {
                return Between(same, next, offset);
            }
        }

        return end;
    }

    /// <summary>The second in which the offset changes, by halves.</summary>
    private DateTime Between(DateTime same, DateTime other, TimeSpan offset)
    {
        while (other - same > Second)
        {
            var middle = same.AddSeconds(Math.Floor((other - same).TotalSeconds / 2));
            (same, other) = zone.GetUtcOffset(middle) == offset ? (middle, other) : (same, middle);
        }

        return other;
    }
}
