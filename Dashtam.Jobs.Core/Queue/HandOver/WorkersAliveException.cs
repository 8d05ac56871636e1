namespace Dashtam.Jobs.Core.Queue.HandOver;

/// <summary>Workers live, so that what they hold, or may take, is not handed over.</summary>
internal sealed class WorkersAliveException(IReadOnlyList<string> workers, long moved, TimeSpan lease) : JobsException(
    $"Workers are alive: {string.Join(", ", workers)}. Stop them first; one that was killed counts as alive until its lease "
    + $"(WORKER_LEASE_SECONDS, {lease.TotalSeconds:0} s) has run out. "
    + (moved == 0 ? "Nothing was moved." : $"{moved} jobs had been moved before the first of them came; run the command again."))
{
    /// <summary>A hundred at most.</summary>
    public IReadOnlyList<string> Workers { get; } = workers;
}
