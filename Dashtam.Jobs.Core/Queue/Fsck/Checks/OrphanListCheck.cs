using System.Runtime.CompilerServices;
using StackExchange.Redis;

namespace Dashtam.Jobs.Core.Queue.Fsck.Checks;

/// <summary>Processing lists of workers that are neither registered nor departed: no recovery would ever look at them.</summary>
internal sealed class OrphanListCheck : IFsckCheck
{
    public string Subject => "processing lists";

    public async IAsyncEnumerable<Candidate> FindAsync(
        FsckScope scope, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (!await scope.IsAsync(scope.Keys.Workers, RedisType.SortedSet)
            || !await scope.IsAsync(scope.Keys.Departed, RedisType.SortedSet))
        {
            yield break;
        }

        await foreach (var key in scope.KeysAsync(scope.Keys.ProcessingPattern, cancellationToken))
        {
            if (scope.Keys.WorkerOfProcessing(key) is { } worker && await IsOrphanAsync(scope, key, worker))
            {
                yield return new Candidate(
                    FindingKind.OrphanList, key,
                    $"jobs of a worker that nobody knows: {await scope.Database.ListLengthAsync(key)}",
                    StillThere: () => IsOrphanAsync(scope, key, worker),
                    Repair: () => Recovery.RecoverAsync(scope, worker));
            }
        }
    }

    // In this order: a worker departs in one step, so one that is in neither was in neither.
    private static async Task<bool> IsOrphanAsync(FsckScope scope, RedisKey key, string worker) =>
        await scope.Database.KeyTypeAsync(key) == RedisType.List
        && await scope.Database.SortedSetScoreAsync(scope.Keys.Workers, worker) is null
        && await scope.Database.SortedSetScoreAsync(scope.Keys.Departed, worker) is null;
}
