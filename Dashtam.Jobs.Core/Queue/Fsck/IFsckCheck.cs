using StackExchange.Redis;

namespace Dashtam.Jobs.Core.Queue.Fsck;

/// <summary>Looks for inconsistencies of one concept.</summary>
/// <remarks>A new check is a class of its own and a line in <see cref="QueueFsck"/>.</remarks>
internal interface IFsckCheck
{
    /// <summary>What is checked, for the progress bar.</summary>
    string Subject { get; }

    /// <summary>Names what looks wrong. Nothing is read at once that is not bounded, and nothing is written.</summary>
    IAsyncEnumerable<Candidate> FindAsync(FsckScope scope, CancellationToken cancellationToken);
}

/// <summary>Something that looked wrong once.</summary>
/// <param name="Kind">What.</param>
/// <param name="Key">Where.</param>
/// <param name="Detail">Which one and how; never a payload.</param>
/// <param name="StillThere">The second look: whether exactly this is still so.</param>
/// <param name="Repair">
/// Mends it, atomically, and only if it is still so; false: somebody else has changed it. Null: there is no repair.
/// </param>
internal sealed record Candidate(
    FindingKind Kind, RedisKey Key, string Detail, Func<Task<bool>> StillThere, Func<Task<bool>>? Repair = null);
