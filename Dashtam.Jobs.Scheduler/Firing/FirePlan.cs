using Dashtam.Jobs.Core.Schedules;

namespace Dashtam.Jobs.Scheduler.Firing;

/// <summary>What becomes of the instants that are due, by the schedule's catch-up policy.</summary>
/// <param name="UpTo">The latest of them.</param>
/// <param name="Instants">Those that fire, in ascending order.</param>
/// <param name="PassedOver">How many others there are.</param>
internal sealed record FirePlan(DateTimeOffset UpTo, IReadOnlyList<DateTimeOffset> Instants, long PassedOver)
{
    /// <summary>Null: nothing is due.</summary>
    /// <param name="firing">The schedule.</param>
    /// <param name="after">Its last fired instant.</param>
    /// <param name="upTo">What is due at this instant.</param>
    /// <param name="now">Tells what is late.</param>
    public static FirePlan? Of(FiringSchedule firing, DateTimeOffset after, DateTimeOffset upTo, DateTimeOffset now)
    {
        var policy = firing.Schedule.CatchUp;
        var due = firing.Times.Due(after, upTo, policy == MisfirePolicy.All ? firing.Schedule.CatchUpLimit : 1);
        if (due.Total == 0)
        {
            return null;
        }

        // An ordinary fire is on this path as well: the latest of what is due, and in time.
        var last = due.Latest[^1];
        var isLate = now - last > ScheduleLedger.InTime;
        IReadOnlyList<DateTimeOffset> instants = policy == MisfirePolicy.None && isLate ? [] : due.Latest;
        return new FirePlan(last, instants, due.Total - instants.Count);
    }
}
