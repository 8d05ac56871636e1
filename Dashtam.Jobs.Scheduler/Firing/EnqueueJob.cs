using Dashtam.Jobs.Scheduler.Crons;
using Quartz;

namespace Dashtam.Jobs.Scheduler.Firing;

/// <summary>What Quartz runs at a schedule's time.</summary>
internal sealed class EnqueueJob(
    ScheduleCatalog catalog, ScheduleFirer firer, IFireTimer timer, RefusedSchedules refused, TimeProvider time) : IJob
{
    /// <summary>Where the job's data name the schedule.</summary>
    public const string ScheduleKey = "schedule";

    // For a schedule that fires once and never again.
    private static readonly TimeSpan WithoutNextFire = TimeSpan.FromMinutes(5);

    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken = default)
    {
        var id = (string)context.MergedJobDataMap[ScheduleKey]!;
        var firing = catalog.Schedules.First(candidate => candidate.Schedule.Id == id);

        // The cron instant, never "now": two schedulers must mean the same fire.
        var instant = context.ScheduledFireTimeUtc ?? context.FireTimeUtc;
        try
        {
            // First of all: whatever becomes of this fire, the next one comes.
            var until = await timer.ContinueAsync(firing, instant, cancellationToken) ?? time.GetUtcNow() + WithoutNextFire;
            if (time.GetUtcNow() - instant <= ScheduleLoader.Late)
            {
                await firer.FireAsync(firing, instant, until, cancellationToken);
            }
        }
        catch (CronWalkException error)
        {
            refused.Add(firing.Schedule, error.Message);
        }
        catch (OperationCanceledException)
        {
            // The scheduler stops; another one fires, or this one catches up when it is back.
        }
    }
}
