using System.Runtime.CompilerServices;
using StackExchange.Redis;

namespace Dashtam.Jobs.Core.Queue.Fsck.Checks;

/// <summary>The counter of dead letters' bytes, by which the oldest are dropped, and the caps.</summary>
internal sealed class DeadBytesCheck : IFsckCheck
{
    public string Subject => "dead letters' bytes";

    public async IAsyncEnumerable<Candidate> FindAsync(
        FsckScope scope, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (!await scope.IsAsync(scope.Keys.DeadEntries, RedisType.Hash)
            || !await scope.IsAsync(scope.Keys.Dead, RedisType.SortedSet)
            || !await scope.IsAsync(scope.Keys.DeadBytes, RedisType.String))
        {
            yield break;
        }

        var counter = new ByteCounter(scope, scope.Keys.Dead, scope.Keys.DeadBytes);
        if (await counter.AddUpAsync(_ => SumAsync(scope, cancellationToken)) is var (seen, bytes) && ByteCounter.IsWrong(seen, bytes))
        {
            yield return counter.Wrong(FindingKind.DeadBytesWrong, "the entries", seen, bytes);
        }

        if (await IsOverAsync(scope, counter))
        {
            yield return new Candidate(
                FindingKind.DeadOverCap, scope.Keys.Dead,
                $"more entries than JOBS_DEAD_MAX_ENTRIES ({scope.Tools.Queue.DeadMaxEntries}) or more bytes than JOBS_DEAD_MAX_BYTES "
                    + $"({scope.Tools.Queue.DeadMaxBytes})",
                StillThere: () => IsOverAsync(scope, counter));
        }
    }

    private static async Task<long?> SumAsync(FsckScope scope, CancellationToken cancellationToken)
    {
        var (bytes, entries) = (0L, 0L);
        await foreach (var page in scope.MembersAsync(scope.Keys.Dead, cancellationToken).Chunk(scope.Options.PageSize))
        {
            var lengths = await Task.WhenAll(
                page.Select(one => scope.Database.HashStringLengthAsync(scope.Keys.DeadEntries, one.Element)));
            bytes += lengths.Sum();
            entries += lengths.Length;
        }

        // Entries without a number are named elsewhere; as long as they are there the sum is not known.
        return entries == await scope.Database.HashLengthAsync(scope.Keys.DeadEntries) ? bytes : null;
    }

    private static async Task<bool> IsOverAsync(FsckScope scope, ByteCounter counter)
    {
        var state = await counter.StateAsync();
        return state.Count > scope.Tools.Queue.DeadMaxEntries
            || (state.Count > 1 && state.Bytes.TryParse(out long bytes) && bytes > scope.Tools.Queue.DeadMaxBytes);
    }
}
