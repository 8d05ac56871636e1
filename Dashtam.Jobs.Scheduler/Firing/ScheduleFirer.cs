using Dashtam.Jobs.Core.Infrastructure.Redis;
using Dashtam.Jobs.Core.Schedules;

namespace Dashtam.Jobs.Scheduler.Firing;

/// <summary>Fires a schedule at its time, once, however many schedulers try.</summary>
internal sealed partial class ScheduleFirer(
    DueFires due, FiringQueues queues, TimeProvider time, ILogger<ScheduleFirer> logger)
{
    private static readonly TimeSpan PauseAfterFailure = TimeSpan.FromSeconds(1);

    /// <summary>Fires an instant; while Redis cannot be reached it is tried again until <paramref name="until"/>.</summary>
    /// <returns>Jobs that this call enqueued.</returns>
    public async Task<int> FireAsync(
        FiringSchedule firing, DateTimeOffset instant, DateTimeOffset until, CancellationToken stoppingToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            if (!queues.Of(firing.Schedule).Clock.IsInStep)
            {
                // By Redis' clock the instant may not have come, or be long past: MisfireCatchUp sees to it.
                LogHeld(firing.Schedule.Id, instant);
                return 0;
            }

            try
            {
                var reply = await due.FireAsync(firing, instant, time.GetUtcNow(), stoppingToken);
                if (reply.Code != FireCode.TooEarly)
                {
                    return reply.Enqueued;
                }

                LogTooEarly(firing.Schedule.Id, instant, (long)reply.Early.TotalMilliseconds);
            }
            catch (Exception error) when (RedisFailure.Is(error))
            {
                LogRepeated(firing.Schedule.Id, instant, attempt, error.Message);
            }

            if (time.GetUtcNow() + PauseAfterFailure >= until)
            {
                LogGivenUp(firing.Schedule.Id, instant, attempt);
                return 0;
            }

            await Task.Delay(PauseAfterFailure, time, stoppingToken);
        }
    }

    [LoggerMessage(EventName = "fire_held", Level = LogLevel.Warning,
        Message = "Schedule {Schedule} does not fire for {Instant:O} now, because this machine's clock differs from "
            + "Redis'. The fire is caught up when the clocks agree")]
    private partial void LogHeld(string schedule, DateTimeOffset instant);

    [LoggerMessage(EventName = "clock_ahead", Level = LogLevel.Error,
        Message = "Schedule {Schedule} does not fire for {Instant:O} yet, because this machine's clock is {AheadMs} "
            + "ms ahead of Redis'. Retrying")]
    private partial void LogTooEarly(string schedule, DateTimeOffset instant, long aheadMs);

    [LoggerMessage(EventName = "fire_repeated", Level = LogLevel.Error,
        Message = "Schedule {Schedule} could not fire for {Instant:O} (try {Try}): {Problem}. Retrying")]
    private partial void LogRepeated(string schedule, DateTimeOffset instant, int @try, string problem);

    [LoggerMessage(EventName = "fire_given_up", Level = LogLevel.Error,
        Message = "Schedule {Schedule} did not fire for {Instant:O} (tries: {Tries}), and its next fire is due. When "
            + "Redis is back, its catch-up policy decides what fires")]
    private partial void LogGivenUp(string schedule, DateTimeOffset instant, int tries);
}
