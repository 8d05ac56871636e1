using Dashtam.Jobs.Core.Queue.Leases;

namespace Dashtam.Jobs.Core.Queue.Fsck;

/// <summary>Recovery on request. Its script judges by Redis' clock whether the worker lives.</summary>
internal static class Recovery
{
    /// <summary>Makes all jobs of a worker ready again; false when it turned out to be alive.</summary>
    public static async Task<bool> RecoverAsync(FsckScope scope, string worker)
    {
        RecoveredJobs? recovered;
        do
        {
            recovered = await scope.Tools.Registry.RecoverAsync(worker, judge: null, CancellationToken.None);
        }
        while (recovered?.Moved >= WorkerRegistry.EnvelopesMovedAtOnce);

        return recovered is not null;
    }
}
