using Dashtam.Jobs.Core.Hosting;
using Dashtam.Jobs.Core.Infrastructure.Redis;
using Dashtam.Jobs.Scheduler.Firing;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Quartz;

namespace Dashtam.Jobs.Scheduler.Health;

/// <summary>Ready means: Quartz runs, the schedules are registered, the clock is right, and Redis answers now.</summary>
internal sealed class FiringHealthCheck(
    Freshness reached, ClockStep clock, IRedisConnections connections, RedisRefusal refusal,
    ISchedulerFactory schedulers) : IHealthCheck
{
    // They are checked every ten seconds.
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(2);

    public async Task<HealthCheckResult> CheckHealthAsync(
        HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        if (!clock.IsInStep)
        {
            return HealthCheckResult.Unhealthy($"{clock.Describe()}: nothing fires until it is right again");
        }

        if (refusal.Problem is { } problem)
        {
            return HealthCheckResult.Unhealthy($"Redis refuses the login ({problem})");
        }

        if (reached.Age is not { } age || age > Fresh)
        {
            return HealthCheckResult.Unhealthy(reached.Age is null
                ? "the schedules are not registered in Redis yet"
                : "the schedules could not be checked for a while: the log says why");
        }

        var scheduler = await schedulers.GetScheduler(cancellationToken);
        if (scheduler.Status != SchedulerStatus.Running)
        {
            return HealthCheckResult.Unhealthy($"Quartz is {scheduler.Status}");
        }

        try
        {
            await connections.Queue.PingAsync().WaitAsync(Limit, cancellationToken);
            return HealthCheckResult.Healthy("schedules fire");
        }
        catch (Exception error) when (RedisFailure.Is(error))
        {
            return HealthCheckResult.Unhealthy(RedisFailure.Credentials(error) is { } words
                ? $"Redis refuses the login ({words})"
                : "Redis does not answer");
        }
    }
}
