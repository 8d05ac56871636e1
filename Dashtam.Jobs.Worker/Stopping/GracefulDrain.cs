using Dashtam.Jobs.Core.Execution;
using Dashtam.Jobs.Core.Execution.Runs;
using Dashtam.Jobs.Core.Execution.Timeouts;
using Dashtam.Jobs.Core.Infrastructure.Redis;
using Dashtam.Jobs.Core.Logging;
using Dashtam.Jobs.Core.Queue;
using Dashtam.Jobs.Core.Queue.Leaving;
using Dashtam.Jobs.Worker.Running;
using Microsoft.Extensions.Options;

namespace Dashtam.Jobs.Worker.Stopping;

/// <summary>
/// What happens to running jobs at a stop, after the pump has stopped and while the heartbeat goes on: they may finish, are then
/// cancelled, and what is left goes back to the queue.
/// </summary>
/// <param name="exits">How jobs leave.</param>
/// <param name="queues">Those that this worker serves.</param>
/// <param name="running">What this process holds.</param>
/// <param name="readAhead">What it has read ahead.</param>
/// <param name="stuck">Whether the process ends because of handlers that hang.</param>
/// <param name="worker">How long running jobs may go on.</param>
/// <param name="timeouts">How long a cancelled handler may take.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">Where the drain is told.</param>
internal sealed partial class GracefulDrain(
    IJobExits exits,
    IReadOnlyList<DrainedQueue> queues,
    RunningJobs running,
    ReadAhead readAhead,
    StuckHandlers stuck,
    IOptions<WorkerOptions> worker,
    IOptions<TimeoutOptions> timeouts,
    TimeProvider time,
    ILogger<GracefulDrain> logger) : IHostedService
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(5);

    private readonly FirstLines _givenBack = new();
    private readonly FirstLines _failed = new();

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        if (!queues.Any(queue => queue.Session.Registered.IsCompleted))
        {
            return; // the pumps have stopped before they could fetch anything
        }

        LogDraining(running.InHandlers, running.Count, worker.Value.DrainSeconds);
        var ahead = readAhead.HandBackAsync();
        var counted = Task.WhenAll(queues.Select(CountHangingAsync));
        var unknown = Task.WhenAll(queues.Select(GiveBackUnknownAsync)); // beside the drain: a Redis that hangs must not use up its time
        if (!await running.DrainAsync(worker.Value.Drain, time, cancellationToken))
        {
            var cancelled = running.Cancel(CancelReason.Drain);
            LogCancelled(cancelled);
            await running.DrainAsync(timeouts.Value.Grace, time, cancellationToken);
        }

        // Handlers that still run are given up last, right before the process ends: nobody else may start their jobs sooner.
        running.StopSettling();
        await counted; // before the job of one is given back: what is counted often enough runs alone
        await Task.WhenAll(running.All.Select(GiveBackAsync));
        await unknown;
        _givenBack.SayRest(LogMoreGivenBack);
        _failed.SayRest(LogMoreFailed);
        LogDrained();
    }

    /// <summary>
    /// Tried once: after a lost reply a second try would count again. What is not counted now is counted by the next recycle.
    /// </summary>
    private async Task CountHangingAsync(DrainedQueue queue)
    {
        HangingJob[] hanging = stuck.HasRecycled ? [.. running.Hanging().Where(job => job.Queue == queue.Name)] : [];
        if (hanging.Length == 0)
        {
            return;
        }

        try
        {
            using var deadline = new CancellationTokenSource(Deadline, time);
            LogCounted(await queue.Processing.CountRecycledAsync(hanging, deadline.Token));
        }
        catch (Exception error) when (RedisFailure.Is(error) || error is OperationCanceledException)
        {
            LogNotCounted(hanging.Length, error.Message);
        }
    }

    private async Task GiveBackUnknownAsync(DrainedQueue queue)
    {
        if (!queue.Session.Registered.IsCompleted)
        {
            return; // nothing was ever fetched from it
        }

        try
        {
            using var deadline = new CancellationTokenSource(Deadline, time);
            await Task.WhenAll((await queue.Audit.FindUnknownAsync(deadline.Token)).Select(GiveBackAsync));
            while (queue.Audit.TryAdopt(out var adopted))
            {
                await GiveBackAsync(adopted);
            }
        }
        catch (Exception error) when (RedisFailure.Is(error) || error is OperationCanceledException)
        {
            LogFailed(error.Message);
        }
    }

    private async Task GiveBackAsync(Delivery delivery)
    {
        try
        {
            using var deadline = new CancellationTokenSource(Deadline, time);
            if (await exits.LeaveAsync(delivery, new Exit.GivenBack(stuck.HasRecycled), deadline.Token) == Settlement.Done && _givenBack.Next())
            {
                LogGivenBack(delivery.ShortTaskId, delivery.Worker);
            }
        }
        catch (Exception error) when (RedisFailure.Is(error) || error is OperationCanceledException)
        {
            if (_failed.Next())
            {
                LogFailed(error.Message);
            }
        }
    }

    [LoggerMessage(EventName = "drain_started", Level = LogLevel.Information,
        Message = "The worker stops and fetches nothing more. What runs has {DrainSeconds} s to finish (handlers: {Running}; jobs held, with those "
            + "that wait for a slot or for Redis: {Held})")]
    private partial void LogDraining(int running, int held, int drainSeconds);

    [LoggerMessage(EventName = "drain_timed_out", Level = LogLevel.Warning,
        Message = "Cancelled the jobs that still ran when the drain time was over (jobs: {Cancelled})")]
    private partial void LogCancelled(int cancelled);

    [LoggerMessage(EventName = "hanging_jobs_counted", Level = LogLevel.Warning,
        Message = "This worker ends itself because handlers ignored their cancellation, and counts that against their "
            + "jobs (jobs: {Jobs}). A job counted twice runs alone; after JOBS_MAX_DELIVERIES more counts it becomes "
            + "a dead letter")]
    private partial void LogCounted(int jobs);

    [LoggerMessage(EventName = "hanging_jobs_not_counted", Level = LogLevel.Warning,
        Message = "This worker ends itself because handlers ignored their cancellation, but cannot count that against "
            + "their jobs (jobs: {Jobs}): {Problem}. The next worker that ends because of these jobs counts it")]
    private partial void LogNotCounted(int jobs, string problem);

    [LoggerMessage(EventName = "delivery_given_back", Level = LogLevel.Warning,
        Message = "Put job {TaskId} back into the queue: worker {Worker} could not bring it to its end")]
    private partial void LogGivenBack(string taskId, string worker);

    [LoggerMessage(EventName = "give_back_failed", Level = LogLevel.Error,
        Message = "Cannot put a job back into the queue: {Problem}. Another worker recovers the job when this "
            + "worker's lease has run out")]
    private partial void LogFailed(string problem);

    [LoggerMessage(EventName = "deliveries_given_back", Level = LogLevel.Warning,
        Message = "Put further jobs back into the queue (jobs: {More}); the first ten have lines of their own")]
    private partial void LogMoreGivenBack(int more);

    [LoggerMessage(EventName = "give_backs_failed", Level = LogLevel.Error,
        Message = "Cannot put further jobs back into the queue (jobs: {More}); the first ten have lines of their own. "
            + "Another worker recovers these jobs when this worker's lease has run out")]
    private partial void LogMoreFailed(int more);

    [LoggerMessage(EventName = "drain_ended", Level = LogLevel.Information, Message = "The worker holds no job any more")]
    private partial void LogDrained();
}
