using Dashtam.Jobs.Scheduler.Crons;

namespace Dashtam.Jobs.Scheduler.Firing;

/// <summary>The latest of the instants that are due, and how many there are in all.</summary>
internal readonly record struct DueInstants(IReadOnlyList<DateTimeOffset> Latest, long Total);

/// <summary>When a cron fires: the one place that says so, for the ordinary fire and for what is caught up.</summary>
internal sealed class FireTimes(ICronCalendar calendar, ZoneClock clock)
{
    /// <summary>Instants that are counted one by one: a schedule of every second, missed for eleven days.</summary>
    internal const long MostCounted = 1_000_000;

    /// <summary>The first instant after another one; null: it never fires again.</summary>
    /// <exception cref="CronWalkException">It cannot be worked out.</exception>
    public DateTimeOffset? NextAfter(DateTimeOffset instant) =>
        After(instant).Select(next => (DateTimeOffset?)next).FirstOrDefault();

    /// <summary>All instants after another one, in ascending order.</summary>
    /// <exception cref="CronWalkException">The next one cannot be worked out.</exception>
    public IEnumerable<DateTimeOffset> After(DateTimeOffset instant) => new CronWalk(calendar, clock).After(instant);

    /// <summary>What is due after one instant and up to another, that one included.</summary>
    /// <param name="after">The last one that is done with.</param>
    /// <param name="upTo">Usually now.</param>
    /// <param name="keep">How many are returned at most; the latest ones.</param>
    /// <exception cref="CronWalkException">It cannot be worked out.</exception>
    public DueInstants Due(DateTimeOffset after, DateTimeOffset upTo, int keep)
    {
        var latest = new Queue<DateTimeOffset>();
        var total = 0L;
        foreach (var instant in After(after).TakeWhile(instant => instant <= upTo))
        {
            latest.Enqueue(instant);
            if (latest.Count > keep)
            {
                latest.Dequeue();
            }

            if (++total == MostCounted)
            {
                // Nobody needs the exact number any more, only the latest ones.
                return DueOfLongOutage(instant, upTo, keep);
            }
        }

        return new DueInstants([.. latest], total);
    }

    private DueInstants DueOfLongOutage(DateTimeOffset counted, DateTimeOffset upTo, int keep)
    {
        for (var span = TimeSpan.FromHours(1); ; span *= 4)
        {
            var from = upTo - span > counted ? upTo - span : counted;
            var latest = After(from).TakeWhile(instant => instant <= upTo).TakeLast(keep).ToList();
            if (latest.Count == keep || from == counted)
            {
                return new DueInstants(latest, MostCounted + latest.Count);
            }
        }
    }
}
