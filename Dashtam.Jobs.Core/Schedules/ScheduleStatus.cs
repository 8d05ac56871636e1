namespace Dashtam.Jobs.Core.Schedules;

/// <summary>A schedule as Redis knows it, and its ledger since the counters began.</summary>
/// <param name="Id">The schedule's id.</param>
/// <param name="Cron">As registered last.</param>
/// <param name="TimeZone">The IANA zone in which the cron is read.</param>
/// <param name="JobName">The job that it enqueues.</param>
/// <param name="Version">What the schedulers compare.</param>
/// <param name="PausedSince">Null: it is not paused.</param>
/// <param name="LastFired">The last instant that is done with; null: none.</param>
/// <param name="Fires">How many of its instants ended how.</param>
public sealed record ScheduleStatus(
    string Id,
    string Cron,
    string TimeZone,
    string JobName,
    string Version,
    DateTimeOffset? PausedSince,
    DateTimeOffset? LastFired,
    ScheduleFireCounts Fires)
{
    /// <summary>The next instant; null when whoever asked cannot read crons, or there is none.</summary>
    public DateTimeOffset? NextDue { get; init; }
}

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
