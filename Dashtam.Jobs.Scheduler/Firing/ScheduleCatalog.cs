using Dashtam.Jobs.Core.Execution.Catalog;
using Dashtam.Jobs.Core.Schedules;
using Dashtam.Jobs.Core.Settings;
using Dashtam.Jobs.Scheduler.Crons;

namespace Dashtam.Jobs.Scheduler.Firing;

/// <summary>A schedule whose cron has been read.</summary>
internal sealed record FiringSchedule(JobSchedule Schedule, FireTimes Times);

/// <summary>The schedules of all jobs, their crons read and found good, before anything is touched.</summary>
internal sealed class ScheduleCatalog
{
    /// <exception cref="InvalidSettingException">A cron or a time zone cannot be read.</exception>
    /// <exception cref="InvalidOperationException">Two schedules have the same id.</exception>
    public ScheduleCatalog(JobCatalog jobs, TimeProvider time)
        : this([.. jobs.Schedules.Select(schedule => Read(schedule, time.GetUtcNow()))])
    {
    }

    /// <summary>Schedules that have been read.</summary>
    internal ScheduleCatalog(IReadOnlyList<FiringSchedule> schedules)
    {
        Schedules = schedules;
        if (schedules.Select(firing => firing.Schedule).GroupBy(schedule => schedule.Id, StringComparer.Ordinal)
            .FirstOrDefault(same => same.Count() > 1) is { } twice)
        {
            var named = twice.Select(schedule => schedule.Queue ?? "the queue of JOBS_QUEUE_NAME");
            throw new InvalidOperationException(
                $"Two schedules have the id '{twice.Key}': in {string.Join(" and in ", named)}. Give one of them another id.");
        }
    }

    public IReadOnlyList<FiringSchedule> Schedules { get; }

    /// <summary>Reads a cron in five fields as Vixie has them, or in Quartz' six or seven.</summary>
    /// <exception cref="InvalidSettingException">It cannot be read, or does not fire after <paramref name="now"/>.</exception>
    internal static FiringSchedule Read(JobSchedule schedule, DateTimeOffset now)
    {
        var setting = schedule.Setting ?? $"the schedule of {schedule.JobName}";
        var zone = Zone(schedule, setting);
        try
        {
            var cron = Cron.Parse(schedule.Cron);
            var times = new FireTimes(cron.Calendar, new ZoneClock(zone));
            return NeverFires(times, now)
                ? throw Invalid(setting, schedule.Cron, "it never fires")
                : new FiringSchedule(schedule, times);
        }
        catch (CronFormatException error)
        {
            throw Invalid(setting, schedule.Cron, error.Message);
        }
    }

    private static bool NeverFires(FireTimes times, DateTimeOffset now)
    {
        try
        {
            return times.NextAfter(now) is null;
        }
        catch (CronWalkException)
        {
            return false; // no fault of the setting: ScheduleLoader refuses this schedule alone
        }
    }

    private static TimeZoneInfo Zone(JobSchedule schedule, string setting) =>
        TimeZoneInfo.TryFindSystemTimeZoneById(schedule.TimeZone, out var zone)
            ? zone
            : throw new InvalidSettingException(
                setting, $"the time zone '{schedule.TimeZone}' is not known; allowed is an IANA name such as Europe/Warsaw");

    private static InvalidSettingException Invalid(string setting, string cron, string problem) => new(
        setting,
        $"'{SettingText.Shown(cron)}' is no cron expression ({SettingText.Shown(problem.TrimEnd('.'))}); allowed are five fields, minute hour "
        + "day-of-month month day-of-week, as Vixie cron has them, for example */15 * * * *, or Quartz' six or seven with seconds first");
}
