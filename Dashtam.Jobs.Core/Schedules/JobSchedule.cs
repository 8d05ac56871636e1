namespace Dashtam.Jobs.Core.Schedules;

/// <summary>When a job is due, said without Quartz.</summary>
/// <param name="Id">The schedule's id: the job's name.</param>
/// <param name="JobName">The job it enqueues.</param>
/// <param name="Cron">Vixie's five fields, or Quartz' six or seven: docs/reference/cron.md.</param>
/// <param name="TimeZone">The IANA zone in which <paramref name="Cron"/> is read.</param>
/// <param name="Setting">The environment variable that the cron came from or may come from; null: none.</param>
public sealed record JobSchedule(string Id, string JobName, string Cron, string TimeZone, string? Setting)
{
    /// <summary>How many missed instants <see cref="MisfirePolicy.All"/> catches up at most, unless declared otherwise.</summary>
    public const int DefaultCatchUpLimit = 100;

    /// <summary>The queue that it fires into, in which it is kept, too; null: that of <c>JOBS_QUEUE_NAME</c>.</summary>
    public string? Queue { get; init; }

    /// <summary>What is caught up after an outage.</summary>
    public MisfirePolicy CatchUp { get; init; } = MisfirePolicy.Latest;

    /// <summary>How many instants <see cref="MisfirePolicy.All"/> catches up at most: the latest ones.</summary>
    public int CatchUpLimit { get; init; } = DefaultCatchUpLimit;

    /// <summary>What happens while the last fire's job has not ended.</summary>
    public OverlapPolicy Overlap { get; init; } = OverlapPolicy.Queue;

    /// <summary>Changes whenever anything changes that decides when it fires; the policies do not.</summary>
    public string Version => $"{Cron}|{TimeZone}|{JobName}";
}
