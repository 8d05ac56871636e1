using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Dashtam.Jobs.Scheduler.PythonSchedules;

/// <summary>Degraded while Python's schedules cannot fire; the scheduler stays ready, since its own schedules do.</summary>
internal sealed class PythonSchedulesHealthCheck(PythonSchedulesState state) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(
        HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(state.Problem is { } problem
            ? HealthCheckResult.Degraded($"schedules of Python producers do not fire: {problem}")
            : HealthCheckResult.Healthy("schedules of Python producers fire"));
}
