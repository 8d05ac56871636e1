namespace Dashtam.Jobs.Scheduler.Crons;

/// <summary>Turns a cron's wall-clock times into instants, in a zone whose clocks are changed.</summary>
/// <remarks>
/// A time that the clocks leave out fires at the instant of the change, once. One that exists twice fires the first time; a cron
/// about intervals goes on in real time. Each step leads on to a later time or a later stretch, of which there are a few a year
/// and no more than two hundred years: a walk ends, whatever a calendar or a zone says.
/// </remarks>
internal sealed class CronWalk(ICronCalendar calendar, ZoneClock clock)
{
    private static readonly TimeSpan Tick = TimeSpan.FromTicks(1);

    /// <summary>The instants after another one, in ascending order.</summary>
    /// <exception cref="CronWalkException">A time that was named is no later one.</exception>
    public IEnumerable<DateTimeOffset> After(DateTimeOffset instant)
    {
        var at = instant.UtcDateTime;
        var cursor = new CronCursor(calendar);
        foreach (var stretch in clock.From(at))
        {
            var from = at > stretch.Start ? at + stretch.Offset : stretch.LocalStart - Tick;
            if (at < stretch.Start && cursor.NextAfter(stretch.LocalBefore - Tick) < stretch.LocalStart)
            {
                yield return CronCursor.Utc(stretch.Start);
                from = stretch.LocalStart;
            }
            else if (at == stretch.Start)
            {
                from = stretch.LocalStart;
            }

            if (!calendar.IsWild && stretch.LocalBefore - Tick > from)
            {
                from = stretch.LocalBefore - Tick; // these times have been before the clocks were put back
            }

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
