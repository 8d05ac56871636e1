using System.Runtime.CompilerServices;
using Dashtam.Jobs.Core.Wire;
using StackExchange.Redis;

namespace Dashtam.Jobs.Core.Queue.Fsck.Checks;

/// <summary>Delayed entries that are no jobs, or that are never due.</summary>
internal sealed class DelayedCheck : IFsckCheck
{
    private static readonly TimeSpan FarOff = TimeSpan.FromDays(366);

    public string Subject => "delayed jobs";

    public async IAsyncEnumerable<Candidate> FindAsync(
        FsckScope scope, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var key = scope.Keys.Delayed;
        var horizon = await scope.NowAsync() + FarOff.TotalMilliseconds;
        await foreach (var entry in scope.MembersAsync(key, cancellationToken))
        {
            if (Unreadable(scope, key, entry.Element, FindingKind.DelayedUnreadable) is { } unreadable)
            {
                yield return unreadable;
            }
            else if (double.IsPositiveInfinity(entry.Score))
            {
                yield return new Candidate(
                    FindingKind.DelayedNeverDue, key, Describe(entry.Element),
                    StillThere: () => HasScoreAsync(scope, entry),
                    Repair: async () => await scope.Database.SortedSetUpdateAsync(
                        key, entry.Element, await scope.NowAsync(), SortedSetWhen.Exists | SortedSetWhen.LessThan));
            }
            else if (entry.Score > horizon)
            {
                yield return new Candidate(
                    FindingKind.DelayedFarOff, key, Describe(entry.Element), StillThere: () => HasScoreAsync(scope, entry));
            }
        }
    }

    /// <summary>The candidate for a member that is no numbered envelope; null when it is one.</summary>
    internal static Candidate? Unreadable(FsckScope scope, RedisKey key, RedisValue member, FindingKind kind)
    {
        var entry = NumberedEntry.Read((byte[])member!);
        var problem = "";
        if (entry.Number is { } number)
        {
            scope.Saw(number);

            // What is too large is a dead letter as soon as it is fetched; it need not be read for that.
            if (entry.Envelope.Length > scope.Tools.Queue.MaxEnvelopeBytes
                || JobEnvelope.TryParse(entry.Envelope, out _, out problem))
            {
                return null;
            }
        }

        problem = entry.Number is null ? "the entry has no number before its envelope" : problem;
        return new Candidate(
            kind, key,
            $"entry {entry.Number?.ToString(provider: null) ?? "without number"}, {entry.Envelope.Length} bytes: {problem}",
            StillThere: async () => await scope.Database.SortedSetScoreAsync(key, member) is not null,
            Repair: () => scope.Tools.Repairs.BuryAsync(key, member, entry.Envelope, problem));
    }

    private static string Describe(RedisValue member)
    {
        var entry = NumberedEntry.Read((byte[])member!);
        return $"entry {entry.Number}, task {TaskIdReader.Find(entry.Envelope)}";
    }

    private static async Task<bool> HasScoreAsync(FsckScope scope, SortedSetEntry entry) =>
        await scope.Database.SortedSetScoreAsync(scope.Keys.Delayed, entry.Element) == entry.Score;
}
