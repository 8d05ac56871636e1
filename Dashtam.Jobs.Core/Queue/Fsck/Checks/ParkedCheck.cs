using System.Runtime.CompilerServices;
using StackExchange.Redis;

namespace Dashtam.Jobs.Core.Queue.Fsck.Checks;

/// <summary>Parked entries that are no jobs, or more of them than there is room for.</summary>
internal sealed class ParkedCheck : IFsckCheck
{
    public string Subject => "parked jobs";

    public async IAsyncEnumerable<Candidate> FindAsync(
        FsckScope scope, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var key = scope.Keys.Parked;
        await foreach (var entry in scope.MembersAsync(key, cancellationToken))
        {
            if (DelayedCheck.Unreadable(scope, key, entry.Element, FindingKind.ParkedUnreadable) is { } unreadable)
            {
                yield return unreadable;
            }
        }

        if (await IsOverAsync(scope))
        {
            yield return new Candidate(
                FindingKind.ParkedOverCap, key, $"more than {scope.Tools.Queue.ParkedMax} (JOBS_PARKED_MAX)",
                StillThere: () => IsOverAsync(scope));
        }
    }

    private static async Task<bool> IsOverAsync(FsckScope scope) =>
        await scope.IsAsync(scope.Keys.Parked, RedisType.SortedSet)
        && await scope.Database.SortedSetLengthAsync(scope.Keys.Parked) > scope.Tools.Queue.ParkedMax;
}
