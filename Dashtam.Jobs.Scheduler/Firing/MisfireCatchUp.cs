using Dashtam.Jobs.Core.Infrastructure.Redis;
using Dashtam.Jobs.Scheduler.Crons;

namespace Dashtam.Jobs.Scheduler.Firing;

/// <summary>
/// Registers the schedules, and fires of each what was missed, as its catch-up policy says: while no scheduler ran, while Redis
/// was away or this machine's clock wrong, or because Quartz was late.
/// </summary>
internal sealed partial class MisfireCatchUp(
    ScheduleCatalog catalog,
    FiringQueues queues,
    DueFires due,
    MarkMover mover,
    MovedSchedules moved,
    RefusedSchedules refused,
    TimeProvider time,
    ILogger<MisfireCatchUp> logger) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);

    // Also how soon a failure is followed by another try, and a clock that is right again by what it missed.
    private static readonly TimeSpan Tick = TimeSpan.FromSeconds(1);

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Task.WhenAll(queues.Firing.Select(queue => CatchUpAlwaysAsync(queue, stoppingToken))); // each for itself: another's Redis may be away

    private async Task CatchUpAlwaysAsync(FiringQueue queue, CancellationToken stoppingToken)
    {
        var last = default(long?);
        var isFailing = false;
        while (!stoppingToken.IsCancellationRequested)
        {
            if (last is null || time.GetElapsedTime(last.Value) >= Interval || queue.Clock.TakeReturned())
            {
                var (isDone, problem) = await TryCatchUpAsync(queue, stoppingToken);
                last = isDone ? time.GetTimestamp() : null;
                isFailing = Log(queue, isFailing, isDone, problem);
            }

            await Task.Delay(Tick, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    internal async Task CatchUpAsync(FiringSchedule firing, CancellationToken stoppingToken)
    {
        if (!queues.Of(firing.Schedule).Clock.IsInStep || !moved.MayFire(firing.Schedule))
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

    /// <summary>Whether all was looked at; and what Redis said when it was not.</summary>
    private async Task<(bool IsDone, string? Problem)> TryCatchUpAsync(FiringQueue queue, CancellationToken stoppingToken)
    {
        try
        {
            if (queue.Clock.IsUnknown)
            {
                return (false, null); // ClockCheck looks first
            }

            await moved.LookAsync(queue, stoppingToken);
            if (!moved.IsKnown)
            {
                return (false, null); // a look at another queue is not answered yet
            }

            foreach (var firing in catalog.Schedules.Where(firing => queues.Of(firing.Schedule) == queue))
            {
                await CatchUpOrRefuseAsync(firing, stoppingToken);
            }

            queue.Reached.Mark();
            return (true, null);
        }
        catch (Exception error) when (RedisFailure.Is(error))
        {
            return (false, error.Message);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            return (false, null); // the process stops
        }
    }

    /// <summary>Whether it is failing now.</summary>
    private bool Log(FiringQueue queue, bool wasFailing, bool isDone, string? problem)
    {
        if (problem is not null && !wasFailing)
        {
            LogFailed(queue.Name, problem);
        }
        else if (isDone && wasFailing)
        {
            LogResumed(queue.Name);
        }

        return problem is not null || (wasFailing && !isDone);
    }

    [LoggerMessage(EventName = "schedules_not_checked", Level = LogLevel.Error,
        Message = "Cannot register or catch up the schedules of {Queue}: {Problem}. Retrying every second")]
    private partial void LogFailed(string queue, string problem);

    [LoggerMessage(EventName = "schedules_checked_again", Level = LogLevel.Information,
        Message = "The schedules of {Queue} are registered and caught up again")]
    private partial void LogResumed(string queue);
}
