using System.Globalization;
using System.Runtime.CompilerServices;
using StackExchange.Redis;

namespace Dashtam.Jobs.Core.Queue.Fsck.Checks;

/// <summary>
/// The counter of entries: were it behind, a new dead letter would overwrite an old one; were it no number, none could be kept.
/// </summary>
/// <param name="isRepeat">It runs once more: what is no number has been told.</param>
internal sealed class SequenceCheck(bool isRepeat) : IFsckCheck
{
    private const int LongestCount = 18;

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
                string.Create(CultureInfo.InvariantCulture, $"is no number, or is behind {highest}, which an entry has"),
                StillThere: () => IsBehindAsync(scope, highest),
                Repair: () => scope.Tools.Repairs.RaiseSequenceAsync(highest));
        }
    }

    // As INCR reads it, with room to go on: "007" is no number.
    private static bool Counts(string text, out long counter) =>
        long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out counter)
        && text.Length <= LongestCount && counter.ToString(CultureInfo.InvariantCulture) == text;

    private async Task<bool> IsBehindAsync(FsckScope scope, long highest)
    {
        if (!await scope.IsAsync(scope.Keys.Sequence, RedisType.String))
        {
            return false;
        }

        var value = await scope.Database.StringGetAsync(scope.Keys.Sequence);
        return value.IsNull ? highest > 0
            : Counts((string)value!, out var counter) ? counter < highest
            : !isRepeat;
    }
}
