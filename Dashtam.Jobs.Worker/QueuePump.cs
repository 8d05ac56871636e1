using Dashtam.Jobs.Core.Hosting;
using Dashtam.Jobs.Core.Queue;
using StackExchange.Redis;

namespace Dashtam.Jobs.Worker;

/// <summary>Fetches as many jobs as there are free slots and, when there were fewer, waits for the next one.</summary>
internal sealed partial class QueuePump(
    IJobQueue queue,
    IReadyWaiter waiter,
    WorkerSession session,
    RunningJobs running,
    Slots slots,
    ProcessingAudit audit,
    Freshness fetching,
    Random random,
    TimeProvider time,
    ILogger<QueuePump> logger) : BackgroundService
{
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan PauseAfterFailure = TimeSpan.FromMilliseconds(500);

    // Due times are spread a little over the workers, so that a thousand idle ones do not ask at once.
    private static readonly TimeSpan DueJitter = TimeSpan.FromMilliseconds(20);

    private bool _failing;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await session.Registered.WaitAsync(stoppingToken);
        while (!stoppingToken.IsCancellationRequested)
        {
            var free = await slots.TakeAllAsync(stoppingToken);
            try
            {
                free = await TurnAsync(free, stoppingToken);
                LogHealthyAgain();
            }
            catch (Exception error) when (error is RedisException or TimeoutException)
            {
                // The reply is lost, not necessarily the work: the list is compared with what is held.
                audit.Request();
                LogFailure(error);
                await Task.Delay(PauseAfterFailure, time, stoppingToken)
                    .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
            finally
            {
                slots.Release(free);
            }
        }
    }

    /// <summary>One fetch and, when slots are left, one wait. Returns how many of the taken slots are still free.</summary>
    private async Task<int> TurnAsync(int free, CancellationToken stoppingToken)
    {
        var worker = session.Name;
        while (free > 0 && audit.TryAdopt(out var adopted))
        {
            running.Start(adopted, slots);
            free--;
        }

        var fetched = await FetchAsync(worker, free);
        if (!fetched.Registered)
        {
            await session.RenewAsync(worker, stoppingToken);
            return free;
        }

        foreach (var delivery in fetched.Deliveries)
        {
            running.Start(delivery, slots);
            free--;
        }

        return free == 0 || stoppingToken.IsCancellationRequested
            ? free
            : await WaitAsync(worker, free, fetched.NextDue);
    }

    // Neither call takes the stopping token: a reply that nobody awaits would strand its jobs. Both are short.
    private async Task<FetchedBatch> FetchAsync(string worker, int free)
    {
        var fetched = free == 0
            ? new FetchedBatch(Registered: true, [], NextDue: null)
            : await queue.FetchAsync(worker, free, CancellationToken.None);
        fetching.Mark();
        return fetched;
    }

    private async Task<int> WaitAsync(string worker, int free, TimeSpan? nextDue)
    {
        // One slot is kept for what the wait brings; the others are there for jobs that are adopted meanwhile.
        var limit = nextDue is { } due && due < LongestWait ? due + DueJitter * random.NextDouble() : LongestWait;
        try
        {
            if (await waiter.WaitAsync(worker, limit) is { } delivery)
            {
                running.Start(delivery, slots);
                free--;
            }
        }
        catch (RedisServerException error) when (error.Message.StartsWith("OOM", StringComparison.Ordinal))
        {
            // A full Redis refuses BLMOVE, but not fetch.lua: keep on polling, or nothing ever drains.
            LogFull();
            await Task.Delay(PauseAfterFailure, time, CancellationToken.None);
        }

        return free;
    }

    private void LogFailure(Exception error)
    {
        if (!_failing)
        {
            LogStopped(error.Message);
        }

        _failing = true;
    }

    private void LogHealthyAgain()
    {
        if (_failing)
        {
            LogResumed();
        }

        _failing = false;
    }

    [LoggerMessage(EventName = "fetch_failed", Level = LogLevel.Error,
        Message = "Jobs cannot be fetched: {Problem}. It is tried again every half second")]
    private partial void LogStopped(string problem);

    [LoggerMessage(EventName = "fetch_resumed", Level = LogLevel.Information, Message = "Jobs are fetched again")]
    private partial void LogResumed();

    [LoggerMessage(EventName = "redis_full", Level = LogLevel.Warning,
        Message = "Redis is full (maxmemory): it refuses to wait for jobs; they are polled until there is room")]
    private partial void LogFull();
}
