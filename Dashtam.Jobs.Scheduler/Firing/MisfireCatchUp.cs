using Dashtam.Jobs.Core.Hosting;
using Dashtam.Jobs.Core.Infrastructure.Redis;
using Dashtam.Jobs.Scheduler.Crons;

namespace Dashtam.Jobs.Scheduler.Firing;

/// <summary>
/// Registers the schedules, and fires of each what was missed, as its catch-up policy says: while no scheduler ran, while Redis
/// was away or this machine's clock wrong, or because Quartz was late.
/// </summary>
internal sealed partial class MisfireCatchUp(
    ScheduleCatalog catalog,
    DueFires due,
    MarkMover mover,
    ClockStep clock,
    Freshness reached,
    RefusedSchedules refused,
    TimeProvider time,
    ILogger<MisfireCatchUp> logger) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);

    // Also how soon a failure is followed by another try, and a clock that is right again by what it missed.
    private static readonly TimeSpan Tick = TimeSpan.FromSeconds(1);

    private bool _failing;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var last = default(long?);
        while (!stoppingToken.IsCancellationRequested)
        {
            if (last is null || time.GetElapsedTime(last.Value) >= Interval || clock.TakeReturned())
            {
                last = await TryCatchUpAsync(stoppingToken) ? time.GetTimestamp() : null;
            }

            await Task.Delay(Tick, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    internal async Task CatchUpAsync(FiringSchedule firing, CancellationToken stoppingToken)
    {
        if (!clock.IsInStep)
        {
            return; // what is registered now would start at a time that one of the two clocks does not know
        }

        var state = await due.RegisterAsync(firing.Schedule, stoppingToken);
        if (await mover.MoveBackAsync(firing, state, stoppingToken))
        {
            state = await due.RegisterAsync(firing.Schedule, stoppingToken);
        }

        if (state.Current && state.UnreadableFired is null)
        {
            // Redis' clock may have jumped since it was looked at: nothing fires before it is due here, too.
            var own = time.GetUtcNow() + ClockStep.Tolerance;
            var now = state.Now < own ? state.Now : own;
            await due.FireAsync(firing, upTo: now, now, stoppingToken);
        }
    }

    private async Task CatchUpOrRefuseAsync(FiringSchedule firing, CancellationToken stoppingToken)
    {
        try
        {
            await CatchUpAsync(firing, stoppingToken);
        }
        catch (CronWalkException error)
        {
            refused.Add(firing.Schedule, error.Message); // the schedules after it are caught up
        }
    }

    private async Task<bool> TryCatchUpAsync(CancellationToken stoppingToken)
    {
        try
        {
            if (clock.IsUnknown)
            {
                return false; // ClockCheck looks first
            }

            foreach (var firing in catalog.Schedules)
            {
                await CatchUpOrRefuseAsync(firing, stoppingToken);
            }

            reached.Mark();
            Log(problem: null);
            return true;
        }
        catch (Exception error) when (RedisFailure.Is(error))
        {
            Log(error.Message);
            return false;
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            return false; // the process stops
        }
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

    [LoggerMessage(EventName = "schedules_not_checked", Level = LogLevel.Error,
        Message = "Cannot register or catch up schedules: {Problem}. Retrying every second")]
    private partial void LogFailed(string problem);

    [LoggerMessage(EventName = "schedules_checked_again", Level = LogLevel.Information,
        Message = "Schedules are registered and caught up again")]
    private partial void LogResumed();
}
