using Dashtam.Jobs.Core.Settings;
using Microsoft.Extensions.DependencyInjection;

namespace Dashtam.Jobs.Core.Queue.Fsck;

/// <summary>Registers the check of a queue.</summary>
internal static class FsckServices
{
    /// <summary>Needs the queue's settings and connections, as a command or either process has them.</summary>
    public static IServiceCollection AddFsck(this IServiceCollection services)
    {
        services.AddSettings<LeaseOptions>();
        services.AddSingleton<IWorkerRegistry, WorkerRegistry>();
        return services.AddSingleton<QueueFsck>();
    }
}
