using System.Globalization;
using System.Runtime.CompilerServices;
using StackExchange.Redis;

namespace Dashtam.Jobs.Core.Queue.Fsck.Checks;

/// <summary>The counter of dead letters' bytes, by which the oldest are dropped, and the caps.</summary>
internal sealed class DeadBytesCheck : IFsckCheck
{
    private const int Tries = 3;

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

        if (await AddUpAsync(scope, cancellationToken) is var (seen, bytes)
            && (string?)seen.Bytes != bytes.ToString(CultureInfo.InvariantCulture))
        {
            yield return new Candidate(
                FindingKind.DeadBytesWrong, scope.Keys.DeadBytes, $"is {seen.Bytes}, the entries have {bytes} bytes",
                StillThere: async () => await StateAsync(scope) == seen,
                Repair: () => scope.Tools.Repairs.CorrectBytesAsync(scope.Keys.Dead, scope.Keys.DeadBytes, seen, bytes));
        }

        if (await IsOverAsync(scope))
        {
            yield return new Candidate(
                FindingKind.DeadOverCap, scope.Keys.Dead,
                $"more entries than JOBS_DEAD_MAX_ENTRIES ({scope.Tools.Queue.DeadMaxEntries}) or more bytes than JOBS_DEAD_MAX_BYTES "
                    + $"({scope.Tools.Queue.DeadMaxBytes})",
                StillThere: () => IsOverAsync(scope));
        }
    }

    /// <summary>Adds up while no dead letter comes or goes; null when they always do.</summary>
    private static async Task<(CountedState Seen, long Bytes)?> AddUpAsync(FsckScope scope, CancellationToken cancellationToken)
    {
        for (var attempt = 0; attempt < Tries; attempt++)
        {
            var before = await StateAsync(scope);
            var (bytes, entries) = (0L, 0L);
            await foreach (var page in scope.MembersAsync(scope.Keys.Dead, cancellationToken).Chunk(scope.Options.PageSize))
            {
                var lengths = await Task.WhenAll(
                    page.Select(one => scope.Database.HashStringLengthAsync(scope.Keys.DeadEntries, one.Element)));
                bytes += lengths.Sum();
                entries += lengths.Length;
            }

            // Entries without a number are named elsewhere; as long as they are there the sum is not known.
            if (await StateAsync(scope) == before && entries == await scope.Database.HashLengthAsync(scope.Keys.DeadEntries))
            {
                return (before, bytes);
            }
        }

        return null;
    }

    private static async Task<CountedState> StateAsync(FsckScope scope)
    {
        var bytes = await scope.Database.StringGetAsync(scope.Keys.DeadBytes);
        var newest = await scope.Database.SortedSetRangeByRankAsync(scope.Keys.Dead, -1, -1);
        return new CountedState(
            bytes.IsNull ? "0" : bytes,
            await scope.Database.SortedSetLengthAsync(scope.Keys.Dead),
            newest.Length == 0 ? "" : newest[0]);
    }

    private static async Task<bool> IsOverAsync(FsckScope scope)
    {
        var state = await StateAsync(scope);
        return state.Count > scope.Tools.Queue.DeadMaxEntries
            || (state.Count > 1 && state.Bytes.TryParse(out long bytes) && bytes > scope.Tools.Queue.DeadMaxBytes);
    }
}
