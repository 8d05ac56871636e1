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
