namespace Dashtam.Jobs.Core.Schedules;

/// <summary>A schedule's ledger.</summary>
/// <param name="Fired">Instants that enqueued a job.</param>
/// <param name="CaughtUp">Of those, how many were more than ten seconds late.</param>
/// <param name="PassedOver">Instants that fired nothing: by the catch-up policy, or because the schedule was paused.</param>
/// <param name="Skipped">Instants that fired nothing because the job of the one before had not ended.</param>
/// <param name="LastLag">How late the last fire was.</param>
public sealed record ScheduleFireCounts(long Fired, long CaughtUp, long PassedOver, long Skipped, TimeSpan LastLag)
{
    /// <summary>Instants that the cron named, all accounted for.</summary>
    public long Expected => Fired + PassedOver + Skipped;
}
