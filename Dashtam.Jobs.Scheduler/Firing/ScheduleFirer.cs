using Dashtam.Jobs.Core.Infrastructure.Redis;
using Dashtam.Jobs.Core.Schedules;

namespace Dashtam.Jobs.Scheduler.Firing;

/// <summary>Fires a schedule at its time, once, however many schedulers try.</summary>
internal sealed partial class ScheduleFirer(
    DueFires due, ClockStep clock, TimeProvider time, ILogger<ScheduleFirer> logger)
{
    private static readonly TimeSpan PauseAfterFailure = TimeSpan.FromSeconds(1);

    /// <summary>Fires an instant; while Redis cannot be reached it is tried again until <paramref name="until"/>.</summary>
    /// <returns>Jobs that this call enqueued.</returns>
    public async Task<int> FireAsync(
        FiringSchedule firing, DateTimeOffset instant, DateTimeOffset until, CancellationToken stoppingToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            if (!clock.IsInStep)
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
        Message = "Schedule {Schedule} does not fire for {Instant:O} now: this machine's clock is out of step with Redis'")]
    private partial void LogHeld(string schedule, DateTimeOffset instant);

    [LoggerMessage(EventName = "clock_ahead", Level = LogLevel.Error,
        Message = "Schedule {Schedule} waits with {Instant:O}: this machine's clock is ahead of Redis' by {AheadMs} ms")]
    private partial void LogTooEarly(string schedule, DateTimeOffset instant, long aheadMs);

    [LoggerMessage(EventName = "fire_repeated", Level = LogLevel.Error,
        Message = "Schedule {Schedule} could not fire for {Instant:O} (try {Try}): {Problem}. It is tried again")]
    private partial void LogRepeated(string schedule, DateTimeOffset instant, int @try, string problem);

    [LoggerMessage(EventName = "fire_given_up", Level = LogLevel.Error,
        Message = "Schedule {Schedule} did not fire for {Instant:O} (tries: {Tries}); the next fire is due. "
            + "What its catch-up policy says is made up for when Redis is back")]
    private partial void LogGivenUp(string schedule, DateTimeOffset instant, int tries);
}
