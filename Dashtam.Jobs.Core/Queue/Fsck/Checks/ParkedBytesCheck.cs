using System.Runtime.CompilerServices;
using StackExchange.Redis;

namespace Dashtam.Jobs.Core.Queue.Fsck.Checks;

/// <summary>The counter of parked jobs' bytes, by which further ones become dead letters.</summary>
internal sealed class ParkedBytesCheck : IFsckCheck
{
    public string Subject => "parked jobs' bytes";

    public async IAsyncEnumerable<Candidate> FindAsync(
        FsckScope scope, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (!await scope.IsAsync(scope.Keys.Parked, RedisType.SortedSet)
            || !await scope.IsAsync(scope.Keys.ParkedBytes, RedisType.String))
        {
            yield break;
        }

        // With nothing parked the counter is not looked at, and begins anew with the next job.
        var counter = new ByteCounter(scope, scope.Keys.Parked, scope.Keys.ParkedBytes);
        if (await counter.AddUpAsync(before => SumAsync(scope, before, cancellationToken)) is var (seen, bytes)
            && seen.Count > 0 && ByteCounter.IsWrong(seen, bytes))
        {
            yield return counter.Wrong(FindingKind.ParkedBytesWrong, "the parked jobs", seen, bytes);
        }
    }

    private static async Task<long?> SumAsync(FsckScope scope, CountedState before, CancellationToken cancellationToken)
    {
        var (bytes, jobs) = (0L, 0L);
        await foreach (var entry in scope.MembersAsync(scope.Keys.Parked, cancellationToken))
        {
            bytes += NumberedEntry.Read((byte[])entry.Element!).Envelope.Length;
            jobs++;
        }

        return jobs == before.Count ? bytes : null;
    }
}
