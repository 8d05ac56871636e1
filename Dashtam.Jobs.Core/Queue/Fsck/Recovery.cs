namespace Dashtam.Jobs.Core.Queue.Fsck;

/// <summary>Recovery on request. Its script judges by Redis' clock whether the worker lives.</summary>
internal static class Recovery
{
    /// <summary>Makes all jobs of a worker ready again; false when it turned out to be alive.</summary>
    public static async Task<bool> RecoverAsync(FsckScope scope, string worker)
    {
        int? moved;
        do
        {
            moved = await scope.Tools.Registry.RecoverAsync(worker, CancellationToken.None);
        }
        while (moved >= WorkerRegistry.EnvelopesMovedAtOnce);

        return moved is not null;
    }
}
