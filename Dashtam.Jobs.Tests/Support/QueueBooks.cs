using System.Globalization;
using StackExchange.Redis;

namespace Dashtam.Jobs.Tests.Support;

/// <summary>Where the jobs of a queue are, all counted in one step: a job is always in exactly one place.</summary>
internal sealed record QueueBooks(
    long Ready, long Isolated, long Processing, long Delayed, long Parked, long Dead, long Ended)
{
    /// <summary>Every job that was ever put in.</summary>
    public long Total => Ready + Isolated + Processing + Delayed + Parked + Dead + Ended;

    /// <summary>Whether nobody has, or will be given, a job that is due.</summary>
    public bool IsAtRest => Ready + Isolated + Processing == 0;

    /// <summary>Counts, while everything goes on.</summary>
    /// <param name="queue">The queue.</param>
    /// <param name="workers">All that may hold something.</param>
    public static async Task<QueueBooks> ReadAsync(TestQueue queue, params string[] workers)
    {
        var keys = queue.Keys;
        var step = queue.Queue.CreateTransaction();
        var ready = step.ListLengthAsync(keys.Ready);
        var isolated = step.ListLengthAsync(keys.Isolated);
        var held = workers.Select(worker => step.ListLengthAsync(keys.Processing(worker))).ToArray();
        var delayed = step.SortedSetLengthAsync(keys.Delayed);
        var parked = step.SortedSetLengthAsync(keys.Parked);
        var dead = step.HashLengthAsync(keys.DeadEntries);
        var counters = step.HashGetAllAsync(keys.Stats);
        await step.ExecuteAsync();
        return new QueueBooks(
            await ready, await isolated, (await Task.WhenAll(held)).Sum(), await delayed, await parked, await dead,
            (await counters).Where(IsEnd).Sum(counter => (long)counter.Value));
    }

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"{Total} in all: {Ended} ended, {Dead} dead letters, {Parked} parked, {Delayed} delayed, {Ready} ready, {Isolated} isolated, {Processing} held");

    private static bool IsEnd(HashEntry counter)
    {
        var name = (string)counter.Name!;
        return name is "dead:dropped" or "dead:expired" || name.EndsWith(":succeeded", StringComparison.Ordinal)
            || name.EndsWith(":replaced", StringComparison.Ordinal);
    }
}
