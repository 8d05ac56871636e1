namespace Dashtam.Jobs.Core.Queue.HandOver;

/// <summary>Workers are alive, so their jobs are not handed over.</summary>
internal sealed class WorkersAliveException(IReadOnlyList<string> workers, long moved, TimeSpan lease) : JobsException(
    $"Workers are alive: {string.Join(", ", workers)}. Stop them first. A killed worker counts as alive until its lease "
    + $"(WORKER_LEASE_SECONDS, {lease.TotalSeconds:0} s) has run out. "
    + (moved == 0 ? "Nothing was moved." : $"Before the first of these workers started, jobs were moved (jobs: {moved}). Run the command again."))
{
    /// <summary>A hundred at most.</summary>
    public IReadOnlyList<string> Workers { get; } = workers;
}
