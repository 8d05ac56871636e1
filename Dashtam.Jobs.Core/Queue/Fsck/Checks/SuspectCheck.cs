using System.Runtime.CompilerServices;
using StackExchange.Redis;

namespace Dashtam.Jobs.Core.Queue.Fsck.Checks;

/// <summary>Counts of deliveries whose job is nowhere: found by hashing all jobs, and only when there are counts.</summary>
internal sealed class SuspectCheck : IFsckCheck
{
    private const int CountsAtOnce = 50_000;

    public string Subject => "delivery counts";

    public async IAsyncEnumerable<Candidate> FindAsync(
        FsckScope scope, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var page in scope.FieldsAsync(scope.Keys.Suspects, cancellationToken).Chunk(CountsAtOnce))
        {
            var missing = page.DistinctBy(field => field.Name)
                .ToDictionary(field => (string)field.Name!, field => field.Value, StringComparer.Ordinal);

            // A job may move past the reader, but hardly twice; and when recovery moves it, its count changes.
            await RemoveFoundAsync(scope, missing, cancellationToken);
            if (missing.Count > 0)
            {
                await Task.Delay(scope.Options.SecondLook, scope.Time, cancellationToken);
                await RemoveFoundAsync(scope, missing, cancellationToken);
            }

            foreach (var (hash, count) in missing)
            {
                yield return new Candidate(
                    FindingKind.CountWithoutJob, scope.Keys.Suspects, $"{hash}: counted {count}, its job is in no list",
                    StillThere: async () => await scope.Database.HashGetAsync(scope.Keys.Suspects, hash) == count,
                    Repair: () => scope.Tools.Repairs.DropCountAsync(hash, count));
            }
        }
    }

    /// <summary>Along the way that jobs go, so that one which moves on meanwhile is met twice rather than never.</summary>
    private static async Task RemoveFoundAsync(
        FsckScope scope, Dictionary<string, RedisValue> missing, CancellationToken cancellationToken)
    {
        await foreach (var envelope in EnvelopesAsync(scope, cancellationToken))
        {
            missing.Remove(EnvelopeHash.Of(envelope));
            if (missing.Count == 0)
            {
                return;
            }
        }
    }

    private static async IAsyncEnumerable<byte[]> EnvelopesAsync(
        FsckScope scope, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (var place in (RedisKey[])[scope.Keys.Delayed, scope.Keys.Parked])
        {
            await foreach (var entry in scope.MembersAsync(place, cancellationToken))
            {
                yield return NumberedEntry.Read((byte[])entry.Element!).Envelope;
            }
        }

        foreach (var list in (RedisKey[])[scope.Keys.Ready, scope.Keys.Isolated])
        {
            await foreach (var envelope in scope.ListAsync(list, cancellationToken))
            {
                yield return envelope;
            }
        }

        await foreach (var list in scope.KeysAsync(scope.Keys.ProcessingPattern, cancellationToken))
        {
            await foreach (var envelope in scope.ListAsync(list, cancellationToken))
            {
                yield return envelope;
            }
        }
    }
}
