using Quartz;

namespace Dashtam.Jobs.Scheduler.Firing;

/// <summary>The latest of the instants that are due, and how many there are in all.</summary>
internal readonly record struct DueInstants(IReadOnlyList<DateTimeOffset> Latest, long Total);

/// <summary>When a cron fires: the one place that says so, for the ordinary fire and for what is caught up.</summary>
/// <remarks>
/// Quartz 4.7 is right when its times are walked one by one. A wall-clock time that the clocks leave out fires at the instant
/// of the change, once. One that exists twice fires the first time; a cron whose minutes or hours are wild (<c>*</c>,
/// <c>*/n</c>) goes on in real time through both. Asked for the next time from amid the repeated hour, however, Quartz also
/// names the second of two, which has fired: so the walk begins before that hour.
/// </remarks>
internal sealed class FireTimes(CronExpression cron)
{
    /// <summary>Instants that are counted one by one: a schedule of every second, missed for eleven days.</summary>
    internal const long MostCounted = 1_000_000;

    /// <summary>More than any zone's clocks are put back at once.</summary>
    private static readonly TimeSpan ClockChange = TimeSpan.FromHours(3);

    public CronExpression Cron { get; } = cron;

    /// <summary>The first instant after another one; null: it never fires again.</summary>
    public DateTimeOffset? NextAfter(DateTimeOffset instant)
    {
        foreach (var next in After(instant))
        {
            return next;
        }

        return null;
    }

    /// <summary>What is due after one instant and up to another, that one included.</summary>
    /// <param name="after">The last one that is done with.</param>
    /// <param name="upTo">Usually now.</param>
    /// <param name="keep">How many are returned at most; the latest ones.</param>
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
        var from = upTo;
        for (var back = 0; back < keep && Cron.GetPreviousValidTimeBefore(from) is { } previous; back++)
        {
            from = previous;
        }

        from = from - ClockChange > counted ? from - ClockChange : counted;
        var latest = After(from).TakeWhile(instant => instant <= upTo).TakeLast(keep).ToList();
        return new DueInstants(latest, MostCounted + latest.Count);
    }

    private IEnumerable<DateTimeOffset> After(DateTimeOffset instant)
    {
        var from = Cron.TimeZone.IsAmbiguousTime(instant) ? instant - ClockChange : instant;
        while (Cron.GetNextValidTimeAfter(from) is { } next)
        {
            if (next > instant)
            {
                yield return next;
            }

            from = next;
        }
    }
}
