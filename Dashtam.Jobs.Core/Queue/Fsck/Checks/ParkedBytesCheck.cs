using System.Globalization;
using System.Runtime.CompilerServices;
using StackExchange.Redis;

namespace Dashtam.Jobs.Core.Queue.Fsck.Checks;

/// <summary>The counter of parked jobs' bytes, by which further ones become dead letters.</summary>
internal sealed class ParkedBytesCheck : IFsckCheck
{
    private const int Tries = 3;

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
        if (await AddUpAsync(scope, cancellationToken) is var (seen, bytes) && seen.Count > 0
            && (string?)seen.Bytes != bytes.ToString(CultureInfo.InvariantCulture))
        {
            yield return new Candidate(
                FindingKind.ParkedBytesWrong, scope.Keys.ParkedBytes, $"is {seen.Bytes}, the parked jobs have {bytes} bytes",
                StillThere: async () => await StateAsync(scope) == seen,
                Repair: () => scope.Tools.Repairs.CorrectBytesAsync(scope.Keys.Parked, scope.Keys.ParkedBytes, seen, bytes));
        }
    }

    /// <summary>Adds up while no job comes or goes; null when they always do.</summary>
    private static async Task<(CountedState Seen, long Bytes)?> AddUpAsync(FsckScope scope, CancellationToken cancellationToken)
    {
        for (var attempt = 0; attempt < Tries; attempt++)
        {
            var before = await StateAsync(scope);
            var (bytes, jobs) = (0L, 0L);
            await foreach (var entry in scope.MembersAsync(scope.Keys.Parked, cancellationToken))
            {
                bytes += NumberedEntry.Read((byte[])entry.Element!).Envelope.Length;
                jobs++;
            }

            if (await StateAsync(scope) == before && jobs == before.Count)
            {
                return (before, bytes);
            }
        }

        return null;
    }

    private static async Task<CountedState> StateAsync(FsckScope scope)
    {
        var bytes = await scope.Database.StringGetAsync(scope.Keys.ParkedBytes);
        var newest = await scope.Database.SortedSetRangeByRankAsync(scope.Keys.Parked, -1, -1);
        return new CountedState(
            bytes.IsNull ? "0" : bytes,
            await scope.Database.SortedSetLengthAsync(scope.Keys.Parked),
            newest.Length == 0 ? "" : newest[0]);
    }
}
