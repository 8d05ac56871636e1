using Dashtam.Jobs.Core.Queue.Fsck;
using Microsoft.Extensions.DependencyInjection;

namespace Dashtam.Jobs.Core.Queue.HandOver;

/// <summary>Registers the hand-over of a queue.</summary>
internal static class HandOverServices
{
    /// <summary>Registers <see cref="QueueHandOver"/>. It needs what <see cref="FsckServices.AddFsck"/> does, and registers that.</summary>
    public static IServiceCollection AddHandOver(this IServiceCollection services) =>
        services.AddFsck().AddSingleton<QueueHandOver>();
}
