using Microsoft.Extensions.Hosting;

namespace Dashtam.Jobs.Core.Queues;

/// <summary>Asks for the rights to bare keys before the first job is fetched.</summary>
internal sealed class BareResultStart(IServedQueues queues) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken) =>
        Task.WhenAll(queues.All.Select(queue => queue.Bare.AskAsync(cancellationToken)));

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
