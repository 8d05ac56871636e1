using System.Globalization;
using Dashtam.Jobs.Core.Execution;
using Dashtam.Jobs.Core.Infrastructure.Redis;
using Dashtam.Jobs.Core.Queue.Leases;
using Dashtam.Jobs.Worker.Running;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;

namespace Dashtam.Jobs.Worker.Health;

/// <summary>
/// Ready means: jobs of every queue were fetched within the last seconds or, with every slot taken, could have been: the heartbeat goes
/// through. Degraded, and ready all the same, is a worker that still fetches from one of several.
/// </summary>
internal sealed class PumpHealthCheck(
    IReadOnlyList<QueueHealth> queues, RunningJobs running, RedisRefusal refusal, IOptions<LeaseOptions> lease, IOptions<WorkerOptions> options)
    : IHealthCheck
{
    // A wait is answered within four seconds, and ended by a fetch at the latest after twelve; each answer counts.
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(8);

    public Task<HealthCheckResult> CheckHealthAsync(
        HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var each = queues.Select(queue => (queue.Name, Health: Check(queue))).ToList();
        if (each.Count == 1)
        {
            return Task.FromResult(each[0].Health);
        }

        var text = string.Join("; ", each.OrderBy(queue => queue.Health.Status).Select(queue => $"{queue.Name}: {queue.Health.Description}"));
        return Task.FromResult(
            each.TrueForAll(queue => queue.Health.Status == HealthStatus.Healthy) ? HealthCheckResult.Healthy(text)
                : each.TrueForAll(queue => queue.Health.Status == HealthStatus.Unhealthy) ? HealthCheckResult.Unhealthy(text)
                : HealthCheckResult.Degraded(text));
    }

    private HealthCheckResult Check(QueueHealth queue)
    {
        if (queue.Session.SinceHeartbeat is not { } beat || beat > lease.Value.Lease)
        {
            return HealthCheckResult.Unhealthy($"the worker has no lease: {refusal.Describe() ?? "its heartbeat does not reach Redis"}");
        }

        if (queue.Clock.IsFarOff)
        {
            return Unhealthy(queue.Clock.Offset);
        }

        if (queue.IsBusy())
        {
            return running.Abandoned >= options.Value.Concurrency
                ? HealthCheckResult.Unhealthy("every slot is held by a handler that ignores its cancellation: restart the worker")
                : Working(queue, running.Bytes.Left == 0 ? "it holds all that it may (WORKER_MAX_HELD_BYTES)" : "every slot is taken");
        }

        return queue.Fetching.Age is { } age && age < Fresh
            ? Working(queue)
            : HealthCheckResult.Unhealthy(string.Create(
                CultureInfo.InvariantCulture,
                $"no job could be fetched for {queue.Fetching.Age?.TotalSeconds ?? beat.TotalSeconds:0} s{Refusal()}"));
    }

    private static HealthCheckResult Unhealthy(TimeSpan clockOffset) => HealthCheckResult.Unhealthy(string.Create(
        CultureInfo.InvariantCulture,
        $"this machine's clock is {clockOffset.Duration().TotalSeconds:0} s {(clockOffset > TimeSpan.Zero ? "ahead of" : "behind")} Redis': "
            + $"jobs that compare times are wrong by as much"));

    // Still ready: it runs jobs, and taking it out of service would leave fewer workers, not better ones.
    private static HealthCheckResult Working(QueueHealth queue, string what = "jobs are fetched") => queue.Judge.Suspended
        ? HealthCheckResult.Degraded($"{what}, but this worker cannot recover the jobs of dead workers: its heartbeats have gaps")
        : HealthCheckResult.Healthy(what);

    private string Refusal() => refusal.Describe() is { } refused ? $": {refused}" : "";
}
