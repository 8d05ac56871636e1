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
    /// <summary>The queue that it fires into.</summary>
    public required string Queue { get; init; }

    /// <summary>The next instant; null when whoever asked cannot read crons, or there is none.</summary>
    public DateTimeOffset? NextDue { get; init; }
}
