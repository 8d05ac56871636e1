using System.Text;
using Dashtam.Jobs.Core.Queue;
using Dashtam.Jobs.Tests.Support;
using StackExchange.Redis;

namespace Dashtam.Jobs.Tests.Integration.Core.Queue.Model;

/// <summary>A queue in words, a line for each place, so that a difference can be read.</summary>
internal static class QueueSnapshot
{
    /// <summary>As the model says.</summary>
    public static string Of(QueueModel model) => string.Join('\n', (string[])
    [
        $"ready: {InOrder(model.Ready)}",
        $"isolated: {InOrder(model.Isolated)}",
        $"delayed: {Sorted(model.Later.Concat(model.Due))}",
        $"parked: {Sorted(model.Parked)}",
        $"dead: {model.Dead}",
        $"workers: {Sorted(model.Workers)}",
        $"suspects: {Sorted(model.Suspects.Select(one => $"{EnvelopeHash.Of(Encoding.UTF8.GetBytes(one.Key))}={one.Value}"))}",
        $"counters: {Sorted(model.Counters.Select(one => $"{one.Key}={one.Value}"))}",
        .. model.Held.Select(one => $"held by {one.Key}: {InOrder(one.Value)}"),
    ]);

    /// <summary>As it is in Redis, in one step.</summary>
    /// <param name="queue">The queue.</param>
    /// <param name="workers">All workers that ever were.</param>
    public static async Task<string> OfAsync(TestQueue queue, IEnumerable<string> workers)
    {
        var (keys, step) = (queue.Keys, queue.Queue.CreateTransaction());
        Task<string>[] lines =
        [
            LineAsync("ready", step.ListRangeAsync(keys.Ready), InOrder),
            LineAsync("isolated", step.ListRangeAsync(keys.Isolated), InOrder),
            LineAsync("delayed", step.SortedSetRangeByRankAsync(keys.Delayed), members => Sorted(members.Select(Job))),
            LineAsync("parked", step.SortedSetRangeByRankAsync(keys.Parked), members => Sorted(members.Select(Job))),
            LineAsync("dead", step.SortedSetLengthAsync(keys.Dead), count => $"{count}"),
            LineAsync("workers", step.SortedSetRangeByRankAsync(keys.Workers), Sorted),
            LineAsync("suspects", step.HashGetAllAsync(keys.Suspects), Pairs),
            LineAsync("counters", step.HashGetAllAsync(keys.Stats), Pairs),
            .. workers.Select(worker => LineAsync($"held by {worker}", step.ListRangeAsync(keys.Processing(worker)), InOrder)),
        ];
        await step.ExecuteAsync();
        return string.Join('\n', await Task.WhenAll(lines));
    }

    /// <summary>The job in a numbered entry.</summary>
    public static string Job(RedisValue member)
    {
        var text = $"{member}";
        return text[(text.IndexOf('|', StringComparison.Ordinal) + 1)..];
    }

    private static async Task<string> LineAsync<T>(string place, Task<T> reply, Func<T, string> write) =>
        $"{place}: {write(await reply)}";

    private static string Pairs(HashEntry[] fields) => Sorted(fields.Select(field => $"{field.Name}={field.Value}"));

    private static string InOrder(IEnumerable<string> texts) => string.Join(' ', texts);

    private static string InOrder(RedisValue[] values) => InOrder(values.Select(value => $"{value}"));

    private static string Sorted(RedisValue[] values) => Sorted(values.Select(value => $"{value}"));

    private static string Sorted(IEnumerable<string> texts) => string.Join(' ', texts.Order(StringComparer.Ordinal));
}
