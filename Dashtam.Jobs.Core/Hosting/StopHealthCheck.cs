using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;

namespace Dashtam.Jobs.Core.Hosting;

/// <summary>A process that stops still answers, and is not ready: it takes nothing more.</summary>
internal sealed class StopHealthCheck(IHostApplicationLifetime lifetime) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(lifetime.ApplicationStopping.IsCancellationRequested
            ? HealthCheckResult.Unhealthy("the process stops")
            : HealthCheckResult.Healthy("the process runs"));
}
