namespace Dashtam.Jobs.Core.Queue.Fsck;

/// <summary>What a run found.</summary>
/// <param name="Queue">The queue's name.</param>
/// <param name="Counts">All findings, counted by kind.</param>
/// <param name="Findings">The first ones of each kind.</param>
/// <param name="Examined">Keys and entries looked at.</param>
/// <param name="Elapsed">How long it took.</param>
public sealed record FsckReport(
    string Queue, IReadOnlyList<FindingCount> Counts, IReadOnlyList<Finding> Findings, long Examined, TimeSpan Elapsed)
{
    /// <summary>Inconsistencies that are still there; warnings do not count.</summary>
    public long Left => Counts.Where(count => !count.Kind.IsWarning()).Sum(count => count.Left);

    /// <summary>Whether nothing is left but warnings.</summary>
    public bool IsClean => Left == 0;
}
