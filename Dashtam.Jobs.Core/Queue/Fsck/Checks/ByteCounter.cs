using System.Globalization;
using StackExchange.Redis;

namespace Dashtam.Jobs.Core.Queue.Fsck.Checks;

/// <summary>A counter of bytes, and the sorted set whose members it counts.</summary>
internal sealed class ByteCounter(FsckScope scope, RedisKey index, RedisKey counter)
{
    private const int Tries = 3;

    /// <summary>What changes when a member comes or goes.</summary>
    public async Task<CountedState> StateAsync()
    {
        var bytes = await scope.Database.StringGetAsync(counter);
        var newest = await scope.Database.SortedSetRangeByRankAsync(index, -1, -1);
        return new CountedState(
            bytes.IsNull ? "0" : bytes,
            await scope.Database.SortedSetLengthAsync(index),
            newest.Length == 0 ? "" : newest[0]);
    }

    /// <summary>Adds up while no member comes or goes; null when they always do.</summary>
    /// <param name="sum">The bytes of all members; null: not all of them were met.</param>
    public async Task<(CountedState Seen, long Bytes)?> AddUpAsync(Func<CountedState, Task<long?>> sum)
    {
        for (var attempt = 0; attempt < Tries; attempt++)
        {
            var before = await StateAsync();
            var bytes = await sum(before);
            if (bytes is { } whole && await StateAsync() == before)
            {
                return (before, whole);
            }
        }

        return null;
    }

    /// <summary>Whether the counter says something else.</summary>
    public static bool IsWrong(CountedState seen, long bytes) => (string?)seen.Bytes != bytes.ToString(CultureInfo.InvariantCulture);

    /// <summary>A counter that is wrong.</summary>
    /// <param name="kind">Which one.</param>
    /// <param name="what">Whose bytes these are: <c>the entries</c>.</param>
    /// <param name="seen">What it said.</param>
    /// <param name="bytes">What it is to say.</param>
    public Candidate Wrong(FindingKind kind, string what, CountedState seen, long bytes) => new(
        kind, counter, $"is {seen.Bytes}, {what} have {bytes} bytes",
        StillThere: async () => await StateAsync() == seen,
        Repair: () => scope.Tools.Repairs.CorrectBytesAsync(index, counter, seen, bytes));
}
