namespace Dashtam.Jobs.Core.Queue.Fetching;

/// <summary>What a fetch asks for.</summary>
/// <param name="Slots">Jobs that start at once.</param>
/// <param name="Ahead">The most jobs to read ahead. A fetch reads at most half of the ready jobs ahead; the other half stays for other workers.</param>
internal readonly record struct FetchRequest(int Slots, int Ahead)
{
    /// <summary>The fetch ends when the jobs that it has taken have this number of bytes; the last one may be larger than what was left.</summary>
    public long MostBytes { get; init; } = long.MaxValue;

    /// <summary>Whether the worker could run a suspect alone: not while an abandoned handler still runs.</summary>
    public bool MayRunAlone { get; init; }

    /// <summary>Deliveries of other queues that the process holds, or may be about to: beside them no suspect is alone.</summary>
    public int HeldElsewhere { get; init; }

    /// <summary>The most jobs that the fetch returns.</summary>
    public int Most => Slots + Ahead;
}
