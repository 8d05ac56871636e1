using System.Globalization;
using Dashtam.Jobs.Core.Queue.Epochs;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Dashtam.Jobs.Core.Queues;

/// <summary>Shows a loss of Redis' data for an hour; the process stays ready, for it works on.</summary>
internal sealed class EpochHealthCheck(IServedQueues queues, TimeProvider time) : IHealthCheck
{
    private static readonly TimeSpan Shown = TimeSpan.FromHours(1);

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(HealthCheckResult.Healthy(
            queues.All.Select(queue => queue.Epoch.Last).OfType<DataLoss>().MaxBy(loss => loss.At) is { } loss && time.GetUtcNow() - loss.At < Shown
                ? Text(loss)
                : "Redis has its data"));

    private static string Text(DataLoss loss) => string.Create(
        CultureInfo.InvariantCulture,
        $"Redis {(loss.RolledBack ? "went back to an older state of its data" : "lost its data")}, seen at {loss.At:u}");
}
