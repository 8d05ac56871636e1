namespace Dashtam.Jobs.Core.Queue.Fsck;

/// <summary>One thing that is wrong.</summary>
/// <param name="Kind">What.</param>
/// <param name="Key">Where.</param>
/// <param name="Detail">Which one and how; never a payload.</param>
/// <param name="Repaired">Whether it has been mended in this run.</param>
public sealed record Finding(FindingKind Kind, string Key, string Detail, bool Repaired);
