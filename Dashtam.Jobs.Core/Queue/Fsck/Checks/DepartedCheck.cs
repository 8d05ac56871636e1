using System.Runtime.CompilerServices;
using StackExchange.Redis;

namespace Dashtam.Jobs.Core.Queue.Fsck.Checks;

/// <summary>Departed workers that still hold something, or that are not forgotten.</summary>
internal sealed class DepartedCheck : IFsckCheck
{
    private const int ForgottenAtOnce = 1_000;
    private static readonly TimeSpan Remembered = TimeSpan.FromHours(1);

    public string Subject => "departed workers";

    public async IAsyncEnumerable<Candidate> FindAsync(
        FsckScope scope, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var now = await scope.NowAsync();
        var longAgo = now - scope.Options.RecoveryPatience.TotalMilliseconds;
        await foreach (var entry in scope.MembersAsync(scope.Keys.Departed, cancellationToken))
        {
            if (entry.Score < longAgo && await HoldsAsync(scope, entry.Element) is > 0 and var held)
            {
                yield return new Candidate(
                    FindingKind.DepartedWithJobs, scope.Keys.Processing(entry.Element!), $"jobs that nobody recovers: {held}",
                    StillThere: async () => await HoldsAsync(scope, entry.Element) > 0
                        && await scope.Database.SortedSetScoreAsync(scope.Keys.Departed, entry.Element) == entry.Score,
                    Repair: () => Recovery.RecoverAsync(scope, entry.Element!));
            }
        }

        var oldest = longAgo - Remembered.TotalMilliseconds;
        if (await OlderAsync(scope, oldest) > scope.Options.DepartedMax)
        {
            yield return new Candidate(
                FindingKind.DepartedOvergrown, scope.Keys.Departed, $"more than {scope.Options.DepartedMax} have long departed",
                StillThere: async () => await OlderAsync(scope, oldest) > scope.Options.DepartedMax,
                Repair: () => ForgetAsync(scope, oldest, cancellationToken));
        }
    }

    private static async Task<long> HoldsAsync(FsckScope scope, RedisValue worker)
    {
        var key = scope.Keys.Processing(worker!);
        return await scope.IsAsync(key, RedisType.List) ? await scope.Database.ListLengthAsync(key) : 0;
    }

    private static async Task<long> OlderAsync(FsckScope scope, double than) =>
        await scope.IsAsync(scope.Keys.Departed, RedisType.SortedSet)
            ? await scope.Database.SortedSetLengthAsync(scope.Keys.Departed, double.NegativeInfinity, than)
            : 0;

    /// <summary>Recovery forgets who departed long ago and holds nothing.</summary>
    private static async Task<bool> ForgetAsync(FsckScope scope, double olderThan, CancellationToken cancellationToken)
    {
        while (true)
        {
            var before = await OlderAsync(scope, olderThan);
            var workers = await scope.Database.SortedSetRangeByScoreAsync(
                scope.Keys.Departed, stop: olderThan, take: ForgottenAtOnce);
            foreach (var worker in workers)
            {
                cancellationToken.ThrowIfCancellationRequested();
                await Recovery.RecoverAsync(scope, worker!);
            }

            var left = await OlderAsync(scope, olderThan);
            if (left == 0 || left == before)
            {
                return left == 0;
            }
        }
    }
}
