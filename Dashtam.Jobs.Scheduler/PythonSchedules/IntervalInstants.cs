namespace Dashtam.Jobs.Scheduler.PythonSchedules;

/// <summary>When first seen, and every period from there.</summary>
internal sealed class IntervalInstants(TimeSpan period) : ScheduleInstants
{
    public override DateTimeOffset? Due(DateTimeOffset firstSeen, DateTimeOffset? lastFired, DateTimeOffset now)
    {
        if (now < firstSeen)
        {
            return null;
        }

        var latest = firstSeen + (period * Passed(firstSeen, now));
        return latest > lastFired || lastFired is null ? latest : null;
    }

    public override DateTimeOffset? Next(DateTimeOffset firstSeen, DateTimeOffset now)
    {
        if (now < firstSeen)
        {
            return firstSeen;
        }

        var passed = Passed(firstSeen, now);
        return (DateTimeOffset.MaxValue - firstSeen).Ticks / period.Ticks > passed ? firstSeen + (period * (passed + 1)) : null;
    }

    private long Passed(DateTimeOffset firstSeen, DateTimeOffset now) => (now - firstSeen).Ticks / period.Ticks;
}
