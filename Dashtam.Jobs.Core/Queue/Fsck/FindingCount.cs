namespace Dashtam.Jobs.Core.Queue.Fsck;

/// <summary>How often a kind was found.</summary>
/// <param name="Kind">The kind.</param>
/// <param name="Found">How often.</param>
/// <param name="Repaired">How many of them were mended.</param>
public sealed record FindingCount(FindingKind Kind, long Found, long Repaired)
{
    /// <summary>How many are still there.</summary>
    public long Left => Found - Repaired;
}
