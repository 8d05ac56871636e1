using System.Runtime.CompilerServices;
using StackExchange.Redis;

namespace Dashtam.Jobs.Core.Queue.Fsck.Checks;

/// <summary>Dead letters whose number and entry have lost each other.</summary>
internal sealed class DeadIndexCheck : IFsckCheck
{
    public string Subject => "dead letters";

    public async IAsyncEnumerable<Candidate> FindAsync(
        FsckScope scope, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var (index, entries, repairs) = (scope.Keys.Dead, scope.Keys.DeadEntries, scope.Tools.Repairs);
        if (!await scope.IsAsync(entries, RedisType.Hash) || !await scope.IsAsync(index, RedisType.SortedSet))
        {
            yield break;
        }

        var matched = 0L;
        await foreach (var page in scope.MembersAsync(index, cancellationToken).Chunk(scope.Options.PageSize))
        {
            var exist = await Task.WhenAll(page.Select(one => scope.Database.HashExistsAsync(entries, one.Element)));
            matched += exist.Count(one => one);
            foreach (var number in page.Zip(exist).Where(pair => !pair.Second).Select(pair => pair.First.Element))
            {
                yield return new Candidate(
                    FindingKind.DeadNumberWithoutEntry, index, $"number {number}",
                    StillThere: async () => !await scope.Database.HashExistsAsync(entries, number)
                        && await scope.Database.SortedSetScoreAsync(index, number) is not null,
                    Repair: () => repairs.DropDeadNumberAsync(number));
            }
        }

        // Reading all entries may be reading 256 MiB: only when there are more than numbers.
        if (await scope.Database.HashLengthAsync(entries) <= matched)
        {
            yield break;
        }

        await foreach (var entry in scope.FieldsAsync(entries, cancellationToken))
        {
            var number = entry.Name;
            if (await IsAloneAsync(scope, number))
            {
                yield return new Candidate(
                    FindingKind.DeadEntryWithoutNumber, entries, $"number {number}",
                    StillThere: () => IsAloneAsync(scope, number),
                    Repair: () => repairs.IndexDeadEntryAsync(number));
            }
        }
    }

    private static async Task<bool> IsAloneAsync(FsckScope scope, RedisValue number) =>
        await scope.Database.SortedSetScoreAsync(scope.Keys.Dead, number) is null
        && await scope.Database.HashExistsAsync(scope.Keys.DeadEntries, number);
}
