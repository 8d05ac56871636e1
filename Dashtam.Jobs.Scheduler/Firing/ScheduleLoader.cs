using Quartz;

namespace Dashtam.Jobs.Scheduler.Firing;

/// <summary>Hands the schedules to Quartz, before Quartz starts.</summary>
internal sealed partial class ScheduleLoader(
    ScheduleCatalog catalog, ISchedulerFactory schedulers, TimeProvider time, ILogger<ScheduleLoader> logger) : IHostedService
{
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        var scheduler = await schedulers.GetScheduler(cancellationToken);
        foreach (var (schedule, cron) in catalog.Schedules)
        {
            var job = JobBuilder.Create<EnqueueJob>()
                .WithIdentity(schedule.Id)
                .UsingJobData(EnqueueJob.ScheduleKey, schedule.Id)
                .Build();

            // Quartz' own misfire handling would move a late fire to "now"; what is late is caught up by MisfireCatchUp.
            var trigger = TriggerBuilder.Create<EnqueueJob>(time)
                .WithIdentity(schedule.Id)
                .WithCronSchedule(cron, cronSchedule =>
                    cronSchedule.WithMisfireInstruction(CronTriggerMisfireInstruction.DoNothing))
                .Build();
            var next = await scheduler.ScheduleJob(job, trigger, cancellationToken: cancellationToken);
            LogLoaded(schedule.Id, schedule.Cron, schedule.TimeZone, next);
        }
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    [LoggerMessage(EventName = "schedule_loaded", Level = LogLevel.Information,
        Message = "Schedule {Schedule} ({Cron}, {TimeZone}) fires next at {Next:O}")]
    private partial void LogLoaded(string schedule, string cron, string timeZone, DateTimeOffset next);
}
