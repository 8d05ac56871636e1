using Dashtam.Jobs.Core.Hosting;
using Dashtam.Jobs.Core.Infrastructure.Redis;
using Dashtam.Jobs.Scheduler.Firing;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Quartz;

namespace Dashtam.Jobs.Scheduler.Health;

/// <summary>
/// Ready means: Quartz runs, the schedules are registered, the clock is right, and Redis answered within the last seconds. Told
/// from memory: a Redis that hangs must not make health hang.
/// </summary>
internal sealed class FiringHealthCheck(
    Freshness reached,
    ClockStep clock,
    MarkWatch marks,
    ClaimWatch claims,
    ScheduleCatalog catalog,
    RefusedSchedules refused,
    RedisRefusal refusal,
    IRedisConnections connections,
    ISchedulerFactory schedulers,
    TimeProvider time) : IHealthCheck
{
    // They are checked every ten seconds.
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(30);

    // ClockCheck asks Redis every three seconds, and an answer may take five.
    private static readonly TimeSpan Answered = TimeSpan.FromSeconds(9);

    public async Task<HealthCheckResult> CheckHealthAsync(
        HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        if (refusal.Problem is { } problem)
        {
            return HealthCheckResult.Unhealthy($"Redis refuses the login ({problem})");
        }

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

        if (clock.ComparedAt is not { } at || time.GetElapsedTime(at) >= Answered || !connections.Queue.Multiplexer.IsConnected)
        {
            return HealthCheckResult.Unhealthy("Redis does not answer");
        }

        return Fires();
    }

    // A restart mends neither a mark nor a cron: a schedule that does not fire is named, and does not make the scheduler of the
    // other ones unready. Nor does a version that another scheduler fires: it would have the newer one's roll-out stopped.
    private HealthCheckResult Fires()
    {
        List<string> problems =
        [
            .. marks.Problems.OrderBy(problem => problem.Key, StringComparer.Ordinal)
                .Select(problem => $"{problem.Key} does not fire: {problem.Value}"),
        ];
        if (refused.Describe() is { } refusals)
        {
            problems.Add(refusals);
        }

        if (problems.Count > 0)
        {
            problems.Add("the others fire");
        }

        if (claims.Describe(catalog.Schedules.Count) is { } superseded)
        {
            problems.Insert(0, superseded);
        }

        return problems.Count == 0
            ? HealthCheckResult.Healthy("schedules fire")
            : HealthCheckResult.Degraded(string.Join("; ", problems));
    }
}
