using System.Runtime.CompilerServices;
using StackExchange.Redis;

namespace Dashtam.Jobs.Core.Queue.Fsck.Checks;

/// <summary>Parked entries that are no jobs, that are parked since a time in Redis' future, or more of them than there is room for.</summary>
internal sealed class ParkedCheck : IFsckCheck
{
    private static readonly TimeSpan Tolerance = TimeSpan.FromMinutes(1);

    public string Subject => "parked jobs";

    public async IAsyncEnumerable<Candidate> FindAsync(
        FsckScope scope, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var key = scope.Keys.Parked;
        var now = await scope.NowAsync();
        await foreach (var entry in scope.MembersAsync(key, cancellationToken))
        {
            if (DelayedCheck.Unreadable(scope, key, entry.Element, FindingKind.ParkedUnreadable) is { } unreadable)
            {
                yield return unreadable;
            }
            else if (IsAhead(entry.Score, now) && IsAhead(entry.Score, await scope.NowAsync())) // it may have come since
            {
                yield return Ahead(scope, entry);
            }
        }

        if (await IsOverAsync(scope))
        {
            yield return new Candidate(
                FindingKind.ParkedOverCap, key,
                $"more than {scope.Tools.Queue.ParkedMax} or {scope.Tools.Queue.ParkedMaxBytes} bytes (JOBS_PARKED_MAX, "
                    + "JOBS_PARKED_MAX_BYTES)",
                StillThere: () => IsOverAsync(scope));
        }
    }

    private static bool IsAhead(double since, long now) => since > now + Tolerance.TotalMilliseconds;

    private static Candidate Ahead(FsckScope scope, SortedSetEntry entry) => new(
        FindingKind.ParkedAhead, scope.Keys.Parked,
        $"entry {NumberedEntry.Read((byte[])entry.Element!).Number}: parked since a time in Redis' future",
        StillThere: async () => await scope.Database.SortedSetScoreAsync(scope.Keys.Parked, entry.Element) == entry.Score,
        Repair: async () => await scope.Database.SortedSetUpdateAsync(
            scope.Keys.Parked, entry.Element, await scope.NowAsync(), SortedSetWhen.Exists | SortedSetWhen.LessThan));

    private static async Task<bool> IsOverAsync(FsckScope scope)
    {
        if (!await scope.IsAsync(scope.Keys.Parked, RedisType.SortedSet) || !await scope.IsAsync(scope.Keys.ParkedBytes, RedisType.String))
        {
            return false;
        }

        var jobs = await scope.Database.SortedSetLengthAsync(scope.Keys.Parked);
        var counter = await scope.Database.StringGetAsync(scope.Keys.ParkedBytes);
        return jobs > scope.Tools.Queue.ParkedMax
            || (jobs > 0 && counter.TryParse(out long bytes) && bytes > scope.Tools.Queue.ParkedMaxBytes);
    }
}
