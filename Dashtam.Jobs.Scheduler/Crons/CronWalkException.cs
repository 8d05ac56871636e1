namespace Dashtam.Jobs.Scheduler.Crons;

/// <summary>The next time of a cron cannot be worked out: what was named as such is not later. Its schedule alone does not fire.</summary>
internal sealed class CronWalkException(DateTime after, DateTime next)
    : Exception($"its next time after {after:yyyy-MM-dd HH:mm:ss} would be {next:yyyy-MM-dd HH:mm:ss}, which is no later one");
