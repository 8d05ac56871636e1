using Dashtam.Jobs.Core.Infrastructure.Redis;
using Dashtam.Jobs.Core.Schedules;

namespace Dashtam.Jobs.Scheduler.Firing;

/// <summary>
/// Compares this machine's clock with that of each queue's Redis: one that is off by more than a second fires at the wrong times.
/// </summary>
internal sealed partial class ClockCheck(
    IScheduleLedger ledger,
    IScheduleMarks marks,
    FiringQueues queues,
    IFireTimer timer,
    TimeProvider time,
    ILogger<ClockCheck> logger)
    : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(3);

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Task.WhenAll(queues.Firing.Select(queue => CheckAlwaysAsync(queue, stoppingToken))); // each for itself: another's Redis may be away

    private async Task CheckAlwaysAsync(FiringQueue queue, CancellationToken stoppingToken)
    {
        // Until the clocks are compared nothing is registered and nothing fires: so it waits for the rights, too.
        await queue.Rights.Opened.WaitAsync(stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await CheckAsync(queue, stoppingToken);
            }
            catch (Exception error) when (RedisFailure.Is(error))
            {
                // Without Redis nothing fires in any case; MisfireCatchUp says so.
                LogUnknown(queue.Name, error.Message);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }

            await Task.Delay(Interval, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    internal async Task CheckAsync(FiringQueue queue, CancellationToken stoppingToken)
    {
        try
        {
            await CompareAsync(queue, stoppingToken);
        }
        catch
        {
            // Another node may answer the next look: the agreement was with the one before.
            Agree(queue.Clock, agrees: false);
            throw;
        }
    }

    private async Task CompareAsync(FiringQueue queue, CancellationToken stoppingToken)
    {
        var clock = queue.Clock;
        var sentAt = time.GetUtcNow();
        var sent = time.GetTimestamp();
        var redis = await ledger.GetTimeAsync(queue.Name, stoppingToken);
        clock.Compared(time.GetTimestamp());

        // Doubt is no reason to stop firing, and none to believe this clock against what Redis has stored.
        var difference = ClockDifference.Of(sentAt, time.GetElapsedTime(sent), redis);
        Agree(clock, difference.AtMost <= ClockStep.Tolerance);
        if (difference.AtLeast > ClockStep.Tolerance)
        {
            if (clock.Leave(difference.Ahead))
            {
                LogSkewed(queue.Name, (long)difference.Ahead.TotalMilliseconds);
            }

            await marks.ReportSkewAsync(queue.Name, difference.Ahead, stoppingToken);
        }
        else if (clock.Return())
        {
            LogInStep(queue.Name, (long)difference.Ahead.TotalMilliseconds);
            await timer.RealignAsync(stoppingToken);
        }
    }

    private void Agree(ClockStep clock, bool agrees)
    {
        clock.AgreesSince = agrees ? clock.AgreesSince ?? time.GetTimestamp() : null;
        clock.Agree(clock.AgreesSince is { } since ? time.GetElapsedTime(since) : TimeSpan.Zero);
    }

    [LoggerMessage(EventName = "clock_skewed", Level = LogLevel.Error,
        Message = "This machine's clock is off from that of the Redis of {Queue} by {OffsetMs} ms (above 0: ahead). This scheduler fires "
            + "nothing into that queue until the clocks agree. Synchronise this machine's time")]
    private partial void LogSkewed(string queue, long offsetMs);

    [LoggerMessage(EventName = "clock_in_step", Level = LogLevel.Information,
        Message = "This machine's clock agrees with that of the Redis of {Queue} again ({OffsetMs} ms off). This scheduler fires again, and "
            + "catches up what was missed")]
    private partial void LogInStep(string queue, long offsetMs);

    [LoggerMessage(EventName = "clock_not_checked", Level = LogLevel.Debug,
        Message = "Cannot compare this machine's clock with that of the Redis of {Queue}: {Problem}")]
    private partial void LogUnknown(string queue, string problem);
}
