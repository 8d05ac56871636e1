using Dashtam.Jobs.Core.PythonSchedules;
using Dashtam.Jobs.Scheduler.Crons;

namespace Dashtam.Jobs.Scheduler.PythonSchedules;

/// <summary>At the minutes of a cron in its zone: twice at a time that exists twice, never at one that the clocks leave out.</summary>
internal sealed class CronInstants : ScheduleInstants
{
    private static readonly TimeSpan Tick = TimeSpan.FromTicks(1);

    private readonly PyCron _cron;
    private readonly ZoneClock? _clock;
    private readonly TimeSpan _offset;

    private CronInstants(PyCron cron, ZoneClock? clock, TimeSpan offset)
    {
        _cron = cron;
        _clock = clock;
        _offset = offset;
    }

    /// <summary>Null, with the problem, when pycron cannot read the cron, or when there is no such zone.</summary>
    public static CronInstants? TryCreate(ScheduleTiming.Cron timing, ZoneClocks zones, out string problem)
    {
        var clock = timing.Zone is null ? null : zones.Find(timing.Zone);
        if (timing.Zone is not null && clock is null)
        {
            problem = "field 'cron_offset' names no time zone";
            return null;
        }

        try
        {
            problem = "";
            return new CronInstants(new PyCron(timing.Expression), clock, timing.Offset);
        }
        catch (CronFormatException error)
        {
            problem = $"field 'cron' is not read: {error.Message}";
            return null;
        }
    }

    public override DateTimeOffset? Due(DateTimeOffset firstSeen, DateTimeOffset? lastFired, DateTimeOffset now)
    {
        var done = lastFired >= firstSeen ? lastFired.Value : firstSeen - Tick;

        // Backwards in ever longer spans: most crons have fired within the last hour.
        for (var span = TimeSpan.FromHours(1); done < now; span *= 4)
        {
            var from = now - done > span ? now - span : done;
            var latest = After(from).TakeWhile(instant => instant <= now).Select(instant => (DateTimeOffset?)instant).LastOrDefault();
            if (latest is not null || from == done)
            {
                return latest;
            }
        }

        return null;
    }

    public override DateTimeOffset? Next(DateTimeOffset firstSeen, DateTimeOffset now)
    {
        var from = now < firstSeen ? firstSeen - Tick : now;
        return After(from).Select(instant => (DateTimeOffset?)instant).FirstOrDefault();
    }

    /// <summary>All instants after another one, in ascending order.</summary>
    public IEnumerable<DateTimeOffset> After(DateTimeOffset instant) =>
        _clock is null ? AfterInOneOffset(instant.UtcDateTime) : AfterInZone(instant.UtcDateTime, _clock);

    private IEnumerable<DateTimeOffset> AfterInOneOffset(DateTime instant)
    {
        for (var next = _cron.NextAfter(instant + _offset); next is { } time; next = _cron.NextAfter(time))
        {
            yield return CronCursor.Utc(time - _offset);
        }
    }

    private IEnumerable<DateTimeOffset> AfterInZone(DateTime instant, ZoneClock clock)
    {
        var cursor = new CronCursor(_cron);
        foreach (var stretch in clock.From(instant))
        {
            var from = instant >= stretch.Start ? instant + stretch.Offset : stretch.LocalStart - Tick;
            foreach (var next in cursor.Within(stretch, from))
            {
                yield return next;
            }

            if (cursor.IsAtEnd(stretch))
            {
                yield break;
            }
        }
    }
}
