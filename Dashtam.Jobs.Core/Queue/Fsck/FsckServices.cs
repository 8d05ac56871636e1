using Dashtam.Jobs.Core.Queue.Leases;
using Dashtam.Jobs.Core.Settings;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Dashtam.Jobs.Core.Queue.Fsck;

/// <summary>Registers the check of a queue.</summary>
public static class FsckServices
{
    /// <summary>
    /// Registers <see cref="IQueueFsck"/>. It needs the queue's settings and connections: call <c>AddJobProducer</c> as well.
    /// </summary>
    public static IServiceCollection AddFsck(this IServiceCollection services)
    {
        services.AddSettings<LeaseOptions>();
        services.TryAddSingleton<IWorkerRegistry, WorkerRegistry>();
        return services.AddSingleton<IQueueFsck, QueueFsck>();
    }
}
