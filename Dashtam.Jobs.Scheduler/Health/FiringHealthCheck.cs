using Dashtam.Jobs.Core.Infrastructure.Redis;
using Dashtam.Jobs.Scheduler.Firing;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Quartz;

namespace Dashtam.Jobs.Scheduler.Health;

/// <summary>
/// Ready means: Quartz runs; and of one queue at least the schedules are registered, the clock is right, and Redis answered within the
/// last seconds. Told from memory: a Redis that hangs must not make health hang.
/// </summary>
internal sealed class FiringHealthCheck(
    FiringQueues queues,
    MovedSchedules moved,
    MarkWatch marks,
    ClaimWatch claims,
    ScheduleCatalog catalog,
    RefusedSchedules refusedSchedules,
    RedisRefusal refusal,
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
        if (queues.Firing is [var only] && (refusal.Describe() ?? Problem(only)) is { } problem)
        {
            return HealthCheckResult.Unhealthy(problem);
        }

        string[] silent =
        [
            .. queues.Firing.Select(queue => (queue.Name, Problem: Problem(queue))).Where(queue => queue.Problem is not null)
                .Select(queue => $"nothing fires into {queue.Name}: {queue.Problem}"),
        ];
        if (silent.Length == queues.Firing.Count)
        {
            return HealthCheckResult.Unhealthy(string.Join("; ", [.. silent, .. Refused()]));
        }

        var scheduler = await schedulers.GetScheduler(cancellationToken);
        if (scheduler.Status != SchedulerStatus.Running)
        {
            return HealthCheckResult.Unhealthy($"Quartz is {scheduler.Status}");
        }

        return Fires([.. silent, .. silent.Length > 0 ? Refused() : []]);
    }

    // Why nothing fires into a queue; null: it is well.
    private string? Problem(FiringQueue queue)
    {
        if (!queue.Clock.IsInStep)
        {
            return $"{queue.Clock.Describe()}: nothing fires until it is right again";
        }

        if (queue.Reached.Age is not { } age || age > Fresh)
        {
            return queue.Reached.Age is null
                ? "the schedules are not registered in Redis yet"
                : "the schedules could not be checked for a while: the log says why";
        }

        return queue.Clock.ComparedAt is { } at && time.GetElapsedTime(at) < Answered && queue.IsConnected() ? null : "Redis does not answer";
    }

    private string[] Refused() => refusal.Describe() is { } refused ? [refused] : [];

    // A restart mends neither a mark nor a cron, so a schedule that does not fire is named and leaves the scheduler ready, also when no
    // schedule fires. A version that another scheduler fires does the same: not ready would stop the newer version's roll-out.
    private HealthCheckResult Fires(IReadOnlyList<string> silentQueues)
    {
        var superseded = claims.Superseded;
        List<string> problems =
        [
            .. silentQueues,
            .. moved.Held.OrderBy(held => held.Key, StringComparer.Ordinal)
                .Select(held => $"{held.Key} does not fire here: another scheduler still fires it into {held.Value}"),
            .. superseded.OrderBy(version => version.Key, StringComparer.Ordinal)
                .Select(version => $"{version.Key} does not fire here: another scheduler has registered it as {version.Value}"),
            .. marks.Problems.OrderBy(problem => problem.Key, StringComparer.Ordinal)
                .Select(problem => $"{problem.Key} does not fire: {problem.Value}"),
            .. refusedSchedules.Problems.OrderBy(problem => problem.Key, StringComparer.Ordinal)
                .Select(problem => $"{problem.Key} does not fire: {problem.Value}"),
        ];
        if (problems.Count == 0)
        {
            return HealthCheckResult.Healthy("schedules fire");
        }

        // One schedule may have several problems.
        var silent = superseded.Keys.Concat(moved.Held.Keys).Concat(marks.Problems.Keys).Concat(refusedSchedules.Problems.Keys).Distinct(StringComparer.Ordinal);
        var text = string.Join("; ", problems);
        return HealthCheckResult.Degraded(
            silent.Count() >= catalog.Schedules.Count ? $"nothing fires here: {text}" : $"{text}; the others fire");
    }
}
