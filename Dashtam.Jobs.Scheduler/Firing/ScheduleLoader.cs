using Dashtam.Jobs.Scheduler.Crons;
using Quartz;

namespace Dashtam.Jobs.Scheduler.Firing;

/// <summary>What calls at the schedules' times.</summary>
internal interface IFireTimer
{
    /// <summary>Works out the next time of each schedule anew: those of a clock that was wrong may be days away.</summary>
    Task RealignAsync(CancellationToken cancellationToken);

    /// <summary>Sets the time that follows one that has come.</summary>
    /// <returns>The time; null: none.</returns>
    Task<DateTimeOffset?> ContinueAsync(FiringSchedule firing, DateTimeOffset instant, CancellationToken cancellationToken);
}

/// <summary>Hands the schedules to Quartz, before Quartz starts: of each the next instant, and with each fire the one after it.</summary>
/// <remarks>
/// The instants are worked out here and not by a trigger of Quartz', which would do so on the one thread that all schedules need.
/// </remarks>
internal sealed partial class ScheduleLoader(
    ScheduleCatalog catalog,
    ISchedulerFactory schedulers,
    RefusedSchedules refused,
    TimeProvider time,
    ILogger<ScheduleLoader> logger)
    : IHostedService, IFireTimer, IDisposable
{
    // A call that comes later than this has nothing to do: MisfireCatchUp has seen to its instant, or is about to.
    internal static readonly TimeSpan Late = TimeSpan.FromMinutes(1);

    // A realignment and a fire that was due by the wrong clock must not overwrite each other's next time.
    private readonly SemaphoreSlim _setting = new(1);

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        var scheduler = await schedulers.GetScheduler(cancellationToken);
        foreach (var firing in catalog.Schedules)
        {
            var schedule = firing.Schedule;
            var job = JobBuilder.Create<EnqueueJob>()
                .WithIdentity(schedule.Id)
                .UsingJobData(EnqueueJob.ScheduleKey, schedule.Id)
                .StoreDurably()
                .Build();
            await scheduler.AddJob(job, cancellationToken: cancellationToken);
            if (await SetNextAsync(firing, time.GetUtcNow(), cancellationToken) is { } next)
            {
                LogLoaded(schedule.Id, schedule.Cron, CronWords.Of(schedule.Cron), schedule.TimeZone, next);
            }
        }
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose() => _setting.Dispose();

    public async Task RealignAsync(CancellationToken cancellationToken)
    {
        await _setting.WaitAsync(cancellationToken);
        try
        {
            foreach (var firing in catalog.Schedules)
            {
                await SetNextAsync(firing, time.GetUtcNow(), cancellationToken);
            }
        }
        finally
        {
            _setting.Release();
        }
    }

    public async Task<DateTimeOffset?> ContinueAsync(
        FiringSchedule firing, DateTimeOffset instant, CancellationToken cancellationToken)
    {
        await _setting.WaitAsync(cancellationToken);
        try
        {
            var now = time.GetUtcNow();
            return await SetNextAsync(firing, (now - instant).Duration() > Late ? now : instant, cancellationToken);
        }
        finally
        {
            _setting.Release();
        }
    }

    private async Task<DateTimeOffset?> SetNextAsync(
        FiringSchedule firing, DateTimeOffset after, CancellationToken cancellationToken)
    {
        try
        {
            if (firing.Times.NextAfter(after) is not { } next)
            {
                return null;
            }

            var scheduler = await schedulers.GetScheduler(cancellationToken);
            var trigger = Trigger(firing, next);
            if (await scheduler.RescheduleJob(trigger.Key, trigger, cancellationToken) is null)
            {
                await scheduler.ScheduleJob(trigger, cancellationToken: cancellationToken);
            }

            return next;
        }
        catch (CronWalkException error)
        {
            refused.Add(firing.Schedule, error.Message);
            return null;
        }
    }

    // Quartz' own misfire handling would move a late fire to "now".
    private ITrigger Trigger(FiringSchedule firing, DateTimeOffset instant) => TriggerBuilder.Create(time)
        .WithIdentity(firing.Schedule.Id)
        .ForJob(firing.Schedule.Id)
        .StartAt(instant)
        .WithSimpleSchedule(once => once.WithMisfireInstruction(SimpleTriggerMisfireInstruction.IgnoreMisfires))
        .Build();

    [LoggerMessage(EventName = "schedule_loaded", Level = LogLevel.Information,
        Message = "Schedule {Schedule} ({Cron}: {InWords}; {TimeZone}) fires next at {Next:O}")]
    private partial void LogLoaded(string schedule, string cron, string inWords, string timeZone, DateTimeOffset next);
}
