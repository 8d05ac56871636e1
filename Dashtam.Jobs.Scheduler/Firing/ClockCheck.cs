using Dashtam.Jobs.Core.Infrastructure.Redis;
using Dashtam.Jobs.Core.Queue.Acl;
using Dashtam.Jobs.Core.Schedules;

namespace Dashtam.Jobs.Scheduler.Firing;

/// <summary>Compares this machine's clock with Redis': one that is off by more than a second fires at the wrong times.</summary>
internal sealed partial class ClockCheck(
    IScheduleLedger ledger,
    IScheduleMarks marks,
    ClockStep clock,
    IFireTimer timer,
    AclGate rights,
    TimeProvider time,
    ILogger<ClockCheck> logger)
    : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(3);

    private long? _agreesSince;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // Until the clocks are compared nothing is registered and nothing fires: so it waits for the rights, too.
        await rights.Opened.WaitAsync(stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await CheckAsync(stoppingToken);
            }
            catch (Exception error) when (RedisFailure.Is(error))
            {
                // Without Redis nothing fires in any case; MisfireCatchUp says so.
                LogUnknown(error.Message);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }

            await Task.Delay(Interval, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    internal async Task CheckAsync(CancellationToken stoppingToken)
    {
        try
        {
            await CompareAsync(stoppingToken);
        }
        catch
        {
            // Another node may answer the next look: the agreement was with the one before.
            Agree(agrees: false);
            throw;
        }
    }

    private async Task CompareAsync(CancellationToken stoppingToken)
    {
        var sentAt = time.GetUtcNow();
        var sent = time.GetTimestamp();
        var redis = await ledger.GetTimeAsync(queue: null, stoppingToken);
        clock.Compared(time.GetTimestamp());

        // Doubt is no reason to stop firing, and none to believe this clock against what Redis has stored.
        var difference = ClockDifference.Of(sentAt, time.GetElapsedTime(sent), redis);
        Agree(difference.AtMost <= ClockStep.Tolerance);
        if (difference.AtLeast > ClockStep.Tolerance)
        {
            if (clock.Leave(difference.Ahead))
            {
                LogSkewed((long)difference.Ahead.TotalMilliseconds);
            }

            await marks.ReportSkewAsync(queue: null, difference.Ahead, stoppingToken);
        }
        else if (clock.Return())
        {
            LogInStep((long)difference.Ahead.TotalMilliseconds);
            await timer.RealignAsync(stoppingToken);
        }
    }

    private void Agree(bool agrees)
    {
        _agreesSince = agrees ? _agreesSince ?? time.GetTimestamp() : null;
        clock.Agree(_agreesSince is { } since ? time.GetElapsedTime(since) : TimeSpan.Zero);
    }

    [LoggerMessage(EventName = "clock_skewed", Level = LogLevel.Error,
        Message = "This machine's clock is off from Redis' by {OffsetMs} ms (above 0: ahead). This scheduler fires "
            + "nothing until the clock is right again. Synchronise this machine's time")]
    private partial void LogSkewed(long offsetMs);

    [LoggerMessage(EventName = "clock_in_step", Level = LogLevel.Information,
        Message = "This machine's clock agrees with Redis' again ({OffsetMs} ms off). This scheduler fires again, and "
            + "catches up what was missed")]
    private partial void LogInStep(long offsetMs);

    [LoggerMessage(EventName = "clock_not_checked", Level = LogLevel.Debug,
        Message = "Cannot compare this machine's clock with Redis': {Problem}")]
    private partial void LogUnknown(string problem);
}
