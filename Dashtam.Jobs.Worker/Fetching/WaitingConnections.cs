using Dashtam.Jobs.Core.Queues;

namespace Dashtam.Jobs.Worker.Fetching;

/// <summary>Opens the connections on which the queues' next jobs are waited for: a wait blocks its connection, so each queue has one.</summary>
internal sealed class WaitingConnections(IServedQueues served) : IHostedService
{
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        foreach (var queue in served.All)
        {
            await queue.OpenWaitingAsync(cancellationToken);
        }
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
