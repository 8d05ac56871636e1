namespace Dashtam.Jobs.Core.Schedules;

/// <summary>When a job is due, said without Quartz.</summary>
/// <param name="Id">The schedule's id: the job's name.</param>
/// <param name="JobName">The job it enqueues.</param>
/// <param name="Cron">Five fields, or Quartz' six or seven.</param>
/// <param name="TimeZone">The IANA zone in which <paramref name="Cron"/> is read.</param>
/// <param name="Setting">The environment variable that the cron came from or may come from; null: none.</param>
public sealed record JobSchedule(string Id, string JobName, string Cron, string TimeZone, string? Setting)
{
    /// <summary>Changes whenever anything changes that decides when it fires.</summary>
    public string Version => $"{Cron}|{TimeZone}|{JobName}";
}
