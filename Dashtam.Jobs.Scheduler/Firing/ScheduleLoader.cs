using Quartz;

namespace Dashtam.Jobs.Scheduler.Firing;

/// <summary>What calls at the schedules' times.</summary>
internal interface IFireTimer
{
    /// <summary>Works out the next time of each schedule anew: those of a clock that was wrong may be days away.</summary>
    Task RealignAsync(CancellationToken cancellationToken);
}

/// <summary>Hands the schedules to Quartz, before Quartz starts.</summary>
internal sealed partial class ScheduleLoader(
    ScheduleCatalog catalog, ISchedulerFactory schedulers, TimeProvider time, ILogger<ScheduleLoader> logger)
    : IHostedService, IFireTimer
{
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        var scheduler = await schedulers.GetScheduler(cancellationToken);
        foreach (var firing in catalog.Schedules)
        {
            var schedule = firing.Schedule;
            var job = JobBuilder.Create<EnqueueJob>()
                .WithIdentity(schedule.Id)
                .UsingJobData(EnqueueJob.ScheduleKey, schedule.Id)
                .Build();
            var next = await scheduler.ScheduleJob(job, Trigger(firing), cancellationToken: cancellationToken);
            LogLoaded(schedule.Id, schedule.Cron, schedule.TimeZone, next);
        }
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public async Task RealignAsync(CancellationToken cancellationToken)
    {
        var scheduler = await schedulers.GetScheduler(cancellationToken);
        foreach (var firing in catalog.Schedules)
        {
            await scheduler.RescheduleJob(new TriggerKey(firing.Schedule.Id), Trigger(firing), cancellationToken);
        }
    }

    // Quartz' own misfire handling would move a late fire to "now"; what is late is caught up by MisfireCatchUp.
    private ITrigger Trigger(FiringSchedule firing) => TriggerBuilder.Create<EnqueueJob>(time)
        .WithIdentity(firing.Schedule.Id)
        .WithCronSchedule(firing.Times.Cron, cronSchedule =>
            cronSchedule.WithMisfireInstruction(CronTriggerMisfireInstruction.DoNothing))
        .Build();

    [LoggerMessage(EventName = "schedule_loaded", Level = LogLevel.Information,
        Message = "Schedule {Schedule} ({Cron}, {TimeZone}) fires next at {Next:O}")]
    private partial void LogLoaded(string schedule, string cron, string timeZone, DateTimeOffset next);
}
