using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Dashtam.Jobs.Core.Queue;

/// <summary>What must hold before an enqueue returns: how much of Redis may break without losing the job.</summary>
/// <remarks>What each level costs is in <c>docs/architecture/durability.md</c>.</remarks>
public readonly record struct Durability
{
    private const int MostReplicas = 99;
    private const string MemoryText = "MEMORY";
    private const string FsyncedText = "FSYNCED";
    private const string ReplicatedPrefix = "REPLICATED:";

    private Durability(bool isFsynced, int replicas)
    {
        IsFsynced = isFsynced;
        Replicas = replicas;
    }

    /// <summary>Redis has it in memory: lost when its process or machine dies before it persists. The default.</summary>
    public static Durability Memory => default;

    /// <summary>Redis has it on its disk, fsynced. Needs Redis 7.2 with <c>appendonly yes</c>.</summary>
    public static Durability Fsynced { get; } = new(isFsynced: true, replicas: 0);

    /// <summary>Whether an fsync is waited for.</summary>
    public bool IsFsynced { get; }

    /// <summary>How many replicas are waited for.</summary>
    public int Replicas { get; }

    /// <summary>Whether anything is waited for.</summary>
    internal bool IsMemory => !IsFsynced && Replicas == 0;

    /// <summary>How many acknowledgements are waited for: of replicas, or of the one disk.</summary>
    internal int Wanted => IsFsynced ? 1 : Replicas;

    /// <summary>So many replicas have it in memory.</summary>
    /// <param name="replicas">1 to 99.</param>
    public static Durability Replicated(int replicas)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(replicas, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(replicas, MostReplicas);
        return new(isFsynced: false, replicas);
    }

    /// <summary>Reads <c>MEMORY</c>, <c>FSYNCED</c> or <c>REPLICATED:n</c>, in any case.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out Durability durability)
    {
        durability = Memory;
        if (string.Equals(text, MemoryText, StringComparison.OrdinalIgnoreCase))
        {
            return true;
        }

        if (string.Equals(text, FsyncedText, StringComparison.OrdinalIgnoreCase))
        {
            durability = Fsynced;
            return true;
        }

        if (text?.StartsWith(ReplicatedPrefix, StringComparison.OrdinalIgnoreCase) is true
            && int.TryParse(text.AsSpan(ReplicatedPrefix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var replicas)
            && replicas is >= 1 and <= MostReplicas)
        {
            durability = Replicated(replicas);
            return true;
        }

        return false;
    }

    /// <summary>As <see cref="TryParse"/> reads it.</summary>
    public override string ToString() => IsFsynced ? FsyncedText
        : Replicas == 0 ? MemoryText
        : string.Create(CultureInfo.InvariantCulture, $"{ReplicatedPrefix}{Replicas}");
}
