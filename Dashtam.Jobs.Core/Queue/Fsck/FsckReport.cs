namespace Dashtam.Jobs.Core.Queue.Fsck;

/// <summary>How a queue is checked.</summary>
public sealed record FsckOptions
{
    /// <summary>Whether what is found is repaired.</summary>
    public bool Repair { get; init; }

    /// <summary>How many findings of a kind are named; all are counted.</summary>
    public int NamedPerKind { get; init; } = 100;

    /// <summary>How much is read at once: entries of a list, or <c>COUNT</c> of a scan.</summary>
    public int PageSize { get; init; } = 500;

    /// <summary>How long after the first look a second one must show the same: jobs move while one looks.</summary>
    public TimeSpan SecondLook { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How long recovery, which takes seconds, may take before it counts as missing.</summary>
    public TimeSpan RecoveryPatience { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>How many long departed workers may wait to be forgotten.</summary>
    public int DepartedMax { get; init; } = 10_000;
}

/// <summary>How far a run has come.</summary>
/// <param name="Check">What is being checked.</param>
/// <param name="Done">Checks that are done.</param>
/// <param name="Checks">Checks in all.</param>
/// <param name="Fraction">How much of this check is done, 0 to 1; an estimate while the queue moves.</param>
/// <param name="Examined">Keys and entries looked at so far.</param>
public readonly record struct FsckProgress(string Check, int Done, int Checks, double Fraction, long Examined)
{
    /// <summary>How much of the run is done, 0 to 1.</summary>
    public double Share => (Done + Fraction) / Checks;
}

/// <summary>One thing that is wrong.</summary>
/// <param name="Kind">What.</param>
/// <param name="Key">Where.</param>
/// <param name="Detail">Which one and how; never a payload.</param>
/// <param name="Repaired">Whether it has been mended in this run.</param>
public sealed record Finding(FindingKind Kind, string Key, string Detail, bool Repaired);

/// <summary>How often a kind was found.</summary>
/// <param name="Kind">The kind.</param>
/// <param name="Found">How often.</param>
/// <param name="Repaired">How many of them were mended.</param>
public sealed record FindingCount(FindingKind Kind, long Found, long Repaired)
{
    /// <summary>How many are still there.</summary>
    public long Left => Found - Repaired;
}

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
