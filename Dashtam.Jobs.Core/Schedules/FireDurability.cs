using Dashtam.Jobs.Core.Queue.Durable;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using StackExchange.Redis;

namespace Dashtam.Jobs.Core.Schedules;

/// <summary>
/// Makes fires as durable as <c>JOBS_SCHEDULE_DURABILITY</c> says. A fire that is not gets an error in the log and counts all
/// the same: it has happened, and a schedule that stood still would be worse.
/// </summary>
internal sealed partial class FireDurability(
    DurableWrites durable, IOptions<DurabilityOptions> options, ILogger<FireDurability> logger)
{
    /// <summary>Runs a fire's script, which knows its own repeat, on the connection that suits the durability.</summary>
    public async Task<RedisResult> RunAsync(
        string schedule, IDatabase ordinary, Func<IDatabase, Task<RedisResult>> fire, CancellationToken cancellationToken)
    {
        var durability = options.Value.OfSchedules;
        if (durability.IsMemory)
        {
            return await fire(ordinary);
        }

        try
        {
            var reply = await durable.RunAsync(durability, fire, cancellationToken);
            if (!reply.Reached)
            {
                LogNotReached(schedule, $"{durability}", reply.Acknowledged ?? 0, durability.Wanted);
            }

            return reply.Value;
        }
        catch (DurabilityUnavailableException error)
        {
            LogUnavailable(schedule, error.Message);
            return await fire(ordinary);
        }
    }

    [LoggerMessage(EventName = "fire_not_durable", Level = LogLevel.Error,
        Message = "Schedule {Schedule}: its fire is in Redis, but not as durable as JOBS_SCHEDULE_DURABILITY asks. "
            + "{Durability} was not reached in JOBS_DURABILITY_WAIT_MS ({Acknowledged} of {Wanted} acknowledged). "
            + "Check INFO replication and INFO persistence")]
    private partial void LogNotReached(string schedule, string durability, long acknowledged, int wanted);

    [LoggerMessage(EventName = "fire_durability_unavailable", Level = LogLevel.Error,
        Message = "Schedule {Schedule} fires without the durability that JOBS_SCHEDULE_DURABILITY asks for: {Problem}")]
    private partial void LogUnavailable(string schedule, string problem);
}
