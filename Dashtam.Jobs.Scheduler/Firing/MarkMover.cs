using Dashtam.Jobs.Core.Schedules;

namespace Dashtam.Jobs.Scheduler.Firing;

/// <summary>
/// Moves a last fired instant back that a clock has put into the future. Only a scheduler whose clock has agreed with Redis'
/// for a minute does so: when Redis itself goes back in time for a while, the mark is right, and what it covers has fired.
/// </summary>
internal sealed partial class MarkMover(
    IScheduleMarks marks, FiringQueues queues, TimeProvider time, ILogger<MarkMover> logger)
{
    // Most crons fire within the first or second: the walk stays short. Quartz knows no longer period than the last.
    private static readonly int[] DaysBack = [1, 32, 370, 9 * 366];

    /// <summary>True: it was moved.</summary>
    public async Task<bool> MoveBackAsync(FiringSchedule firing, ScheduleState state, CancellationToken stoppingToken)
    {
        if (!state.IsAhead || state.UnreadableFired is not null || !queues.Of(firing.Schedule).Clock.HasAgreed)
        {
            return false;
        }

        var due = LastDue(firing.Times, state.Now);
        var moved = await marks.MoveBackAsync(firing.Schedule, state.LastFired, due, time.GetUtcNow(), stoppingToken);
        if (moved)
        {
            LogMoved(firing.Schedule.Id, state.LastFired, due);
        }

        return moved;
    }

    private static DateTimeOffset LastDue(FireTimes times, DateTimeOffset now)
    {
        foreach (var days in DaysBack)
        {
            if (times.Due(now.AddDays(-days), now, keep: 1) is { Total: > 0 } due)
            {
                return due.Latest[^1];
            }
        }

        return now;
    }

    [LoggerMessage(EventName = "schedule_mark_moved_back", Level = LogLevel.Warning,
        Message = "Moved the last fired instant of schedule {Schedule} back from {Before:O}, which is in the future, "
            + "to {After:O}. The schedule fires again from there. Check which clock was ahead")]
    private partial void LogMoved(string schedule, DateTimeOffset before, DateTimeOffset after);
}
