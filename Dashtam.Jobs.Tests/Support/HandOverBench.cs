using System.Text;
using Dashtam.Jobs.Core.Queue;
using Dashtam.Jobs.Core.Queue.HandOver;
using Microsoft.Extensions.Options;
using StackExchange.Redis;

namespace Dashtam.Jobs.Tests.Support;

/// <summary>A queue with jobs where Python does not look, and what hands it over.</summary>
internal sealed class HandOverBench(TestQueue queue)
{
    public const string Tokens = "dashtam_jobs.tasks.tokens:check_expiring_tokens";

    public QueueHandOver HandOver { get; } = new(
        queue, queue.Keys, queue.Registry, Options.Create(queue.Options), Options.Create(new LeaseOptions()), TimeProvider.System);

    public static byte[] Envelope(string id, string name = Tokens) => Encoding.UTF8.GetBytes(
        $$$"""{"task_id": "{{{id}}}", "task_name": "{{{name}}}", "labels": {}, "args": [], "kwargs": {}}""");

    public Task<HandOverReport> LookAsync() => HandOver.RunAsync(new HandOverOptions(), CancellationToken.None);

    public Task<HandOverReport> MoveAsync(bool delayed = false) =>
        HandOver.RunAsync(new HandOverOptions { Move = true, Delayed = delayed }, CancellationToken.None);

    /// <summary>One job in each place: held by a worker whose lease has run out, by one that departed, parked, isolated, delayed.</summary>
    public async Task FillAsync()
    {
        await HoldAsync("dead", "held-1", "held-2");
        await queue.LetLeaseRunOutAsync("dead");
        await HoldAsync("gone", "held-3");
        await ParkAsync("parked-1", "parked-2");
        await queue.Queue.ListLeftPushAsync(queue.Keys.Isolated, Envelope("isolated"));
        await DelayAsync("delayed", DateTimeOffset.UtcNow.AddHours(1));
        await queue.PushAsync(Envelope("ready"));
    }

    public async Task HoldAsync(string worker, params string[] ids)
    {
        foreach (var id in ids)
        {
            await queue.Queue.ListLeftPushAsync(queue.Keys.Processing(worker), Envelope(id));
        }
    }

    public async Task ParkAsync(params string[] ids)
    {
        foreach (var id in ids)
        {
            await queue.Queue.SortedSetAddAsync(queue.Keys.Parked, await MemberAsync(id), DateTimeOffset.UtcNow.ToUnixTimeMilliseconds());
        }
    }

    public async Task DelayAsync(string id, DateTimeOffset due) =>
        await queue.Queue.SortedSetAddAsync(queue.Keys.Delayed, await MemberAsync(id), due.ToUnixTimeMilliseconds());

    /// <summary>The ids of ready jobs, in the order in which Python takes them.</summary>
    public async Task<IReadOnlyList<string>> TakenAsync() =>
        [.. (await queue.Queue.ListRangeAsync(queue.Keys.Ready)).Reverse().Select(envelope => IdIn(envelope))];

    private static string IdIn(RedisValue envelope) => ((string)envelope!).Split('"')[3];

    private async Task<byte[]> MemberAsync(string id) =>
        FsckBench.Member(await queue.Queue.StringIncrementAsync(queue.Keys.Sequence), Envelope(id));
}
