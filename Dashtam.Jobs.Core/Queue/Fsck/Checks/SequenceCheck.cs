using System.Globalization;
using System.Runtime.CompilerServices;
using StackExchange.Redis;

namespace Dashtam.Jobs.Core.Queue.Fsck.Checks;

/// <summary>The counter of entries: were it behind, a new dead letter would overwrite an old one.</summary>
internal sealed class SequenceCheck : IFsckCheck
{
    public string Subject => "sequence";

    public async IAsyncEnumerable<Candidate> FindAsync(
        FsckScope scope, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var entry in scope.MembersAsync(scope.Keys.Dead, cancellationToken))
        {
            if (NumberedEntry.Read([.. (byte[])entry.Element!, (byte)'|']).Number is { } number)
            {
                scope.Saw(number);
            }
        }

        var highest = scope.HighestNumber; // read before the counter, which only grows
        if (await IsBehindAsync(scope, highest))
        {
            yield return new Candidate(
                FindingKind.SequenceBehind, scope.Keys.Sequence,
                string.Create(CultureInfo.InvariantCulture, $"is behind {highest}, which an entry has"),
                StillThere: () => IsBehindAsync(scope, highest),
                Repair: () => scope.Tools.Repairs.RaiseSequenceAsync(highest));
        }
    }

    private static async Task<bool> IsBehindAsync(FsckScope scope, long highest)
    {
        if (!await scope.IsAsync(scope.Keys.Sequence, RedisType.String))
        {
            return false;
        }

        var value = await scope.Database.StringGetAsync(scope.Keys.Sequence);
        return (value.TryParse(out long counter) ? counter : 0) < highest;
    }
}
