using Dashtam.Jobs.Core.Schedules;
using Dashtam.Jobs.Core.Settings;
using Dashtam.Jobs.Scheduler.Crons;

namespace Dashtam.Jobs.Scheduler.Firing;

/// <summary>Adds to what Redis knows of schedules when they fire next.</summary>
internal static class ScheduleForecast
{
    /// <summary>Lists all schedules; a paused one, or one whose cron cannot be read here, has no next time.</summary>
    public static async Task<IReadOnlyList<ScheduleStatus>> ListWithNextDueAsync(
        this IScheduleControl control, DateTimeOffset now, CancellationToken cancellationToken) =>
        [.. (await control.ListAsync(cancellationToken)).Select(status => status with { NextDue = NextDue(status, now) })];

    private static DateTimeOffset? NextDue(ScheduleStatus status, DateTimeOffset now)
    {
        if (status.PausedSince is not null)
        {
            return null;
        }

        try
        {
            var schedule = new JobSchedule(status.Id, status.JobName, status.Cron, status.TimeZone, Setting: null);
            return ScheduleCatalog.Read(schedule, now).Times.NextAfter(now);
        }
        catch (Exception error) when (error is InvalidSettingException or CronWalkException)
        {
            return null; // registered by a release that reads more than this one, or retired
        }
    }
}
