using Dashtam.Jobs.Core.Execution;
using Dashtam.Jobs.Core.Schedules;
using Dashtam.Jobs.Core.Settings;
using Quartz;

namespace Dashtam.Jobs.Scheduler.Firing;

/// <summary>A schedule whose cron has been read.</summary>
internal sealed record FiringSchedule(JobSchedule Schedule, FireTimes Times);

/// <summary>The schedules of all jobs, their crons read and found good, before anything is touched.</summary>
internal sealed class ScheduleCatalog
{
    /// <exception cref="InvalidSettingException">A cron or a time zone cannot be read.</exception>
    public ScheduleCatalog(JobCatalog jobs, TimeProvider time) =>
        Schedules = [.. jobs.Schedules.Select(schedule => Read(schedule, time.GetUtcNow()))];

    public IReadOnlyList<FiringSchedule> Schedules { get; }

    /// <summary>Reads a cron in five fields as Unix has them, or in Quartz' six or seven.</summary>
    /// <exception cref="InvalidSettingException">It cannot be read, or does not fire after <paramref name="now"/>.</exception>
    internal static FiringSchedule Read(JobSchedule schedule, DateTimeOffset now)
    {
        var setting = schedule.Setting ?? $"the schedule of {schedule.JobName}";
        var fields = schedule.Cron.Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        if (fields.Length is < 5 or > 7)
        {
            throw Invalid(setting, schedule.Cron, $"it has {fields.Length} fields");
        }

        // Quartz 4.7 keeps 98 and 99 for "no value" and "every value", and takes the digits for them: 99 would fire each minute.
        if (fields.Any(field => field.Split(',', '-', '/').Any(number => number is "98" or "99")))
        {
            throw Invalid(setting, schedule.Cron, "98 and 99 are out of every field's range");
        }

        return Parse(schedule, setting, fields.Length, Zone(schedule, setting), now);
    }

    private static FiringSchedule Parse(
        JobSchedule schedule, string setting, int fields, TimeZoneInfo zone, DateTimeOffset now)
    {
        try
        {
            var cron = CronExpression.Parse(schedule.Cron, fields == 5 ? CronFormat.Unix : CronFormat.Quartz)
                .WithTimeZone(zone);
            return cron.GetNextValidTimeAfter(now) is null
                ? throw Invalid(setting, schedule.Cron, "it never fires")
                : new FiringSchedule(schedule, new FireTimes(cron));
        }
        catch (FormatException error)
        {
            throw Invalid(setting, schedule.Cron, error.Message);
        }
    }

    private static TimeZoneInfo Zone(JobSchedule schedule, string setting) =>
        TimeZoneInfo.TryFindSystemTimeZoneById(schedule.TimeZone, out var zone)
            ? zone
            : throw new InvalidSettingException(
                setting, $"the time zone '{schedule.TimeZone}' is not known; allowed is an IANA name such as Europe/Warsaw");

    private static InvalidSettingException Invalid(string setting, string cron, string problem) => new(
        setting,
        $"'{SettingText.Shown(cron)}' is no cron expression ({SettingText.Shown(problem.TrimEnd('.'))}); allowed are five fields, minute hour day month weekday, "
        + "for example */15 * * * *, or Quartz' six or seven with seconds first");
}
