using Dashtam.Jobs.Core.Hosting;
using Dashtam.Jobs.Core.Infrastructure.Redis;
using Dashtam.Jobs.Scheduler.Firing;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Quartz;

namespace Dashtam.Jobs.Scheduler.Health;

/// <summary>Ready means: Quartz runs, the schedules are registered, the clock is right, and Redis answers now.</summary>
internal sealed class FiringHealthCheck(
    Freshness reached, ClockStep clock, MarkWatch marks, IRedisConnections connections, ISchedulerFactory schedulers) : IHealthCheck
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
            return Fires();
        }
        catch (Exception error) when (RedisFailure.Is(error))
        {
            return HealthCheckResult.Unhealthy("Redis does not answer");
        }
    }

    // A restart mends no mark: a schedule that does not fire is said, and does not make the others' scheduler unready.
    private HealthCheckResult Fires()
    {
        var problems = marks.Problems.OrderBy(problem => problem.Key, StringComparer.Ordinal)
            .Select(problem => $"{problem.Key} does not fire: {problem.Value}").ToList();
        return problems.Count == 0
            ? HealthCheckResult.Healthy("schedules fire")
            : HealthCheckResult.Degraded(string.Join("; ", problems));
    }
}
