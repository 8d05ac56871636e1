using System.Collections.Concurrent;
using Dashtam.Jobs.Core.Schedules;

namespace Dashtam.Jobs.Scheduler.Firing;

/// <summary>The schedules whose next time cannot be worked out. Only these do not fire.</summary>
internal sealed partial class RefusedSchedules(ILogger<RefusedSchedules> logger)
{
    private readonly ConcurrentDictionary<string, string> _problems = new(StringComparer.Ordinal);

    /// <summary>What is wrong with which, in words; null: nothing.</summary>
    public string? Describe() => _problems.IsEmpty
        ? null
        : string.Join("; ", _problems.Select(problem => $"schedule {problem.Key} does not fire: {problem.Value}").Order(StringComparer.Ordinal));

    /// <summary>Tells it once.</summary>
    public void Add(JobSchedule schedule, string problem)
    {
        if (_problems.TryAdd(schedule.Id, problem))
        {
            LogRefused(schedule.Id, schedule.Cron, schedule.TimeZone, problem);
        }
    }

    [LoggerMessage(EventName = "schedule_walk_failed", Level = LogLevel.Error,
        Message = "Schedule {Schedule} ({Cron}, {TimeZone}) does not fire: {Problem}. All others do. Write its cron in another "
            + "way or for another zone, and report it as a defect")]
    private partial void LogRefused(string schedule, string cron, string timeZone, string problem);
}
