using Dashtam.Jobs.Core.Hosting;
using Dashtam.Jobs.Core.Queue;
using Dashtam.Jobs.Core.Queue.Fetching;
using Dashtam.Jobs.Worker.Session;
using Dashtam.Jobs.Worker.Upkeep;
using StackExchange.Redis;

namespace Dashtam.Jobs.Worker.Fetching;

/// <summary>Waits for the next job of a queue, until one comes, one is due, or somebody ends the wait.</summary>
internal sealed partial class ReadyWait(
    IReadyWaiter waiter, WorkerSession session, ProcessingAudit audit, Freshness fetching, TimeProvider time, Random random,
    ILogger<ReadyWait> logger)
{
    /// <summary>
    /// A ready job ends a wait, and a delayed job is announced. So a fetch without need finds lost announcements, and suspects.
    /// </summary>
    internal static readonly TimeSpan LongestWithoutFetch = TimeSpan.FromSeconds(12);

    private static readonly TimeSpan PauseAfterFailure = TimeSpan.FromMilliseconds(250);

    // Due times are spread a little over the workers, so that a thousand idle ones do not ask at once.
    private static readonly TimeSpan DueJitter = TimeSpan.FromMilliseconds(20);

    private bool _full;

    /// <summary>Ends the wait that is under way, or the next one.</summary>
    public void End() => _ = waiter.InterruptAsync();

    /// <summary>Waits for a job; true: one came. Without one, a fetch should follow.</summary>
    /// <param name="nextDue">When the earliest delayed job is due; null: there is none.</param>
    /// <param name="arrived">Is given the job at once, before anything else: an idle worker's thread is cold, and each step costs its job time.</param>
    /// <param name="stoppingToken">Ends the wait.</param>
    public async Task<bool> NextAsync(TimeSpan? nextDue, Action<Delivery> arrived, CancellationToken stoppingToken)
    {
        var (begun, worker) = (time.GetTimestamp(), session.Name);
        var limit = nextDue is { } due && due < LongestWithoutFetch ? due + DueJitter * random.NextDouble() : LongestWithoutFetch;
        await using var stop = stoppingToken.Register(End);
        try
        {
            for (var waited = TimeSpan.Zero; waited < limit && audit.NextAdopted is null && session.Name == worker;
                 waited = time.GetElapsedTime(begun))
            {
                var until = limit - waited < IReadyWaiter.LongestWait ? limit : waited + IReadyWaiter.LongestWait;
                var delivery = await waiter.WaitAsync(worker, until - waited);
                _full = false;
                if (delivery is not null)
                {
                    arrived(delivery);
                    return true;
                }

                fetching.Mark();
                if (time.GetElapsedTime(begun) < until)
                {
                    return false; // it was interrupted
                }
            }
        }
        catch (RedisServerException error) when (error.Message.StartsWith("OOM", StringComparison.Ordinal))
        {
            // A full Redis refuses BLMOVE, but not fetch.lua: keep on polling, or nothing ever drains.
            if (!_full)
            {
                LogFull();
            }

            _full = true;
            await Task.Delay(PauseAfterFailure, time, CancellationToken.None);
        }

        return false;
    }

    [LoggerMessage(EventName = "redis_full", Level = LogLevel.Warning,
        Message = "Redis is full (maxmemory) and refuses to wait for jobs. This worker polls instead until Redis has "
            + "room. Raise maxmemory, or see what fills Redis")]
    private partial void LogFull();
}
