using Dashtam.Jobs.Core.Hosting;
using Dashtam.Jobs.Core.Infrastructure.Redis;
using Dashtam.Jobs.Core.Schedules;
using Quartz;

namespace Dashtam.Jobs.Scheduler.Firing;

/// <summary>
/// Registers the schedules, and fires the latest instant of each that was missed: while no scheduler ran, while Redis was away,
/// or because Quartz was late.
/// </summary>
internal sealed partial class MisfireCatchUp(
    ScheduleCatalog catalog,
    IScheduleLedger ledger,
    ScheduleFirer firer,
    Freshness reached,
    TimeProvider time,
    ILogger<MisfireCatchUp> logger) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan PauseAfterFailure = TimeSpan.FromSeconds(1);

    /// <summary>Quartz has this long to fire an instant in the ordinary way.</summary>
    private static readonly TimeSpan OrdinaryDelay = TimeSpan.FromSeconds(3);

    /// <summary>More than any zone's clocks are put back at once.</summary>
    private static readonly TimeSpan ClockChange = TimeSpan.FromHours(3);

    private readonly HashSet<string> _registered = new(StringComparer.Ordinal);
    private bool _failing;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            var pause = Interval;
            try
            {
                foreach (var schedule in catalog.Schedules)
                {
                    await CatchUpAsync(schedule, stoppingToken);
                }

                reached.Mark();
                Log(problem: null);
            }
            catch (Exception error) when (RedisFailure.Is(error))
            {
                Log(error.Message);
                pause = PauseAfterFailure;
            }
            catch (OperationCanceledException)
            {
                return;
            }

            await Task.Delay(pause, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    internal async Task CatchUpAsync(FiringSchedule firing, CancellationToken stoppingToken)
    {
        var (schedule, cron) = firing;
        var state = await ledger.RegisterAsync(schedule, replace: !_registered.Contains(schedule.Id), stoppingToken);
        _registered.Add(schedule.Id);
        var latest = Latest(cron, state.LastFired, state.Now - OrdinaryDelay);
        if (!state.Current || latest is not { } missed)
        {
            return;
        }

        if (await firer.FireAsync(schedule, missed, until: DateTimeOffset.MinValue, stoppingToken))
        {
            LogCaughtUp(schedule.Id, missed, state.LastFired);
        }
    }

    /// <summary>The latest instant after one and up to another; null: there is none.</summary>
    /// <remarks>
    /// Found by walking forward, as Quartz fires: where clocks are put back, its look backward (4.7) also names the second of
    /// two equal wall-clock times, which does not fire.
    /// </remarks>
    internal static DateTimeOffset? Latest(CronExpression cron, DateTimeOffset after, DateTimeOffset upTo)
    {
        if (cron.GetPreviousValidTimeBefore(upTo.AddSeconds(1)) is not { } previous || previous <= after)
        {
            return null;
        }

        var from = previous - ClockChange > after ? previous - ClockChange : after;
        DateTimeOffset? latest = null;
        while (cron.GetNextValidTimeAfter(from) is { } next && next <= upTo)
        {
            latest = from = next;
        }

        return latest;
    }

    private void Log(string? problem)
    {
        if (problem is not null && !_failing)
        {
            LogFailed(problem);
        }
        else if (problem is null && _failing)
        {
            LogResumed();
        }

        _failing = problem is not null;
    }

    [LoggerMessage(EventName = "fire_caught_up", Level = LogLevel.Warning,
        Message = "Schedule {Schedule} had missed {Instant:O}, its latest time since {LastFired:O}: that one is caught up, once")]
    private partial void LogCaughtUp(string schedule, DateTimeOffset instant, DateTimeOffset lastFired);

    [LoggerMessage(EventName = "schedules_not_checked", Level = LogLevel.Error,
        Message = "Schedules cannot be registered or caught up: {Problem}. It is tried again every second")]
    private partial void LogFailed(string problem);

    [LoggerMessage(EventName = "schedules_checked_again", Level = LogLevel.Information,
        Message = "Schedules are registered and caught up again")]
    private partial void LogResumed();
}
