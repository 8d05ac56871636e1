namespace Dashtam.Jobs.Core.Queue.Fetching;

/// <summary>What a fetch asks for.</summary>
/// <param name="Slots">Jobs that start at once.</param>
/// <param name="Ahead">Jobs more at most, taken only while the queue is so deep that as many are left for others.</param>
internal readonly record struct FetchRequest(int Slots, int Ahead)
{
    /// <summary>Bytes after which no more are taken; the job that reaches that number is.</summary>
    public long MostBytes { get; init; } = long.MaxValue;

    /// <summary>Whether the worker could run a suspect alone: not while an abandoned handler still runs.</summary>
    public bool MayRunAlone { get; init; }

    /// <summary>Deliveries of other queues that the process holds, or may be about to: beside them no suspect is alone.</summary>
    public int HeldElsewhere { get; init; }

    /// <summary>Jobs in all, at most.</summary>
    public int Most => Slots + Ahead;
}
