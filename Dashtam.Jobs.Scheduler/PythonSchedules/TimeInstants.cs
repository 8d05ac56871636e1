namespace Dashtam.Jobs.Scheduler.PythonSchedules;

/// <summary>Once; late when it was missed.</summary>
internal sealed class TimeInstants(DateTimeOffset instant) : ScheduleInstants
{
    public override DateTimeOffset? Due(DateTimeOffset firstSeen, DateTimeOffset? lastFired, DateTimeOffset now) =>
        instant <= now && lastFired != instant ? instant : null;

    public override DateTimeOffset? Next(DateTimeOffset firstSeen, DateTimeOffset now) => instant > now ? instant : null;
}
