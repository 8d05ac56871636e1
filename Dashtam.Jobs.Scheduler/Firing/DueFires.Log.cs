using Dashtam.Jobs.Core.Schedules;

namespace Dashtam.Jobs.Scheduler.Firing;

internal sealed partial class DueFires
{
    [LoggerMessage(EventName = "schedule_fired", Level = LogLevel.Information,
        Message = "Schedule {Schedule} fired for {Instant:O}: {Job} is in the queue as {TaskId}")]
    private partial void LogFired(string schedule, DateTimeOffset instant, string job, string taskId);

    [LoggerMessage(EventName = "schedule_skipped", Level = LogLevel.Warning,
        Message = "Schedule {Schedule} skipped fires up to {Instant:O}, because the job {Job} of an earlier fire has "
            + "not ended (fires: {Skipped})")]
    private partial void LogSkipped(string schedule, int skipped, DateTimeOffset instant, string job);

    [LoggerMessage(EventName = "fire_caught_up", Level = LogLevel.Warning,
        Message = "Schedule {Schedule} catches up fires that were missed between {LastFired:O} and {Instant:O} "
            + "(fires: {Fires}, catch-up policy {Policy})")]
    private partial void LogCaughtUp(
        string schedule, DateTimeOffset lastFired, int fires, DateTimeOffset instant, MisfirePolicy policy);

    [LoggerMessage(EventName = "fires_passed_over", Level = LogLevel.Warning,
        Message = "Schedule {Schedule} passed over fires that were missed since {LastFired:O}; these never fire "
            + "(fires: {PassedOver}, catch-up policy {Policy})")]
    private partial void LogPassedOver(string schedule, DateTimeOffset lastFired, long passedOver, MisfirePolicy policy);

    [LoggerMessage(EventName = "paused_fires_passed_over", Level = LogLevel.Information,
        Message = "Schedule {Schedule} is paused and passed over its fires up to {Instant:O} (fires: {PassedOver})")]
    private partial void LogPassedOverPaused(string schedule, long passedOver, DateTimeOffset instant);

    [LoggerMessage(EventName = "fire_already_made", Level = LogLevel.Debug,
        Message = "Schedule {Schedule} had already fired for {Instant:O}, from another scheduler or an earlier try")]
    private partial void LogAlreadyFired(string schedule, DateTimeOffset instant);

    [LoggerMessage(EventName = "schedule_paused", Level = LogLevel.Warning,
        Message = "Schedule {Schedule} is paused since {Since:O}. Resume it to let it fire again")]
    private partial void LogPaused(string schedule, DateTimeOffset since);

    [LoggerMessage(EventName = "schedule_resumed", Level = LogLevel.Information,
        Message = "Schedule {Schedule} is not paused any more")]
    private partial void LogResumed(string schedule);
}
