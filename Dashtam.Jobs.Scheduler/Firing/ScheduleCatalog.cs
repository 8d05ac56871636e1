using Dashtam.Jobs.Core.Execution;
using Dashtam.Jobs.Core.Schedules;
using Dashtam.Jobs.Core.Settings;
using Quartz;

namespace Dashtam.Jobs.Scheduler.Firing;

/// <summary>A schedule whose cron has been read.</summary>
internal sealed record FiringSchedule(JobSchedule Schedule, CronExpression Cron);

/// <summary>The schedules of all jobs, their crons read and found good, before anything is touched.</summary>
internal sealed class ScheduleCatalog
{
    /// <exception cref="InvalidSettingException">A cron or a time zone cannot be read.</exception>
    public ScheduleCatalog(JobCatalog jobs) => Schedules = [.. jobs.Schedules.Select(Read)];

    public IReadOnlyList<FiringSchedule> Schedules { get; }

    /// <summary>Reads a cron in five fields as Unix has them, or in Quartz' six or seven.</summary>
    internal static FiringSchedule Read(JobSchedule schedule)
    {
        var setting = schedule.Setting ?? $"the schedule of {schedule.JobName}";
        var fields = schedule.Cron.Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        if (fields.Length is < 5 or > 7)
        {
            throw Invalid(setting, schedule.Cron, $"it has {fields.Length} fields");
        }

        if (!TimeZoneInfo.TryFindSystemTimeZoneById(schedule.TimeZone, out var zone))
        {
            throw new InvalidSettingException(
                setting, $"the time zone '{schedule.TimeZone}' is not known; allowed is an IANA name such as Europe/Warsaw");
        }

        try
        {
            var cron = CronExpression.Parse(schedule.Cron, fields.Length == 5 ? CronFormat.Unix : CronFormat.Quartz);
            return new FiringSchedule(schedule, cron.WithTimeZone(zone));
        }
        catch (FormatException error)
        {
            throw Invalid(setting, schedule.Cron, error.Message);
        }
    }

    private static InvalidSettingException Invalid(string setting, string cron, string problem) => new(
        setting,
        $"'{cron}' is no cron expression ({problem.TrimEnd('.')}); allowed are five fields, minute hour day month weekday, "
        + "for example */15 * * * *, or Quartz' six or seven with seconds first");
}
