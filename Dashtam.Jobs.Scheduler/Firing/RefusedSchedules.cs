using System.Collections.Concurrent;
using Dashtam.Jobs.Core.Schedules;

namespace Dashtam.Jobs.Scheduler.Firing;

/// <summary>The schedules whose next time cannot be worked out. Only these do not fire.</summary>
internal sealed partial class RefusedSchedules(ILogger<RefusedSchedules> logger)
{
    private readonly ConcurrentDictionary<string, string> _problems = new(StringComparer.Ordinal);

    /// <summary>Schedules that do not fire, and why.</summary>
    public IReadOnlyDictionary<string, string> Problems => _problems;

    /// <summary>Tells it once.</summary>
    public void Add(JobSchedule schedule, string problem)
    {
        if (_problems.TryAdd(schedule.Id, problem))
        {
            LogRefused(schedule.Id, schedule.Cron, schedule.TimeZone, problem);
        }
    }

    [LoggerMessage(EventName = "schedule_walk_failed", Level = LogLevel.Error,
        Message = "Schedule {Schedule} ({Cron}, {TimeZone}) does not fire: {Problem}. Other schedules go on. Write "
            + "its cron in another way or for another zone, and report this line as a defect")]
    private partial void LogRefused(string schedule, string cron, string timeZone, string problem);
}
