using System.Text;
using Dashtam.Jobs.Core.Queue;
using Dashtam.Jobs.Core.Queue.Fsck;
using Dashtam.Jobs.Core.Queue.HandOver;
using Dashtam.Jobs.Core.Queue.Leases;
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

    /// <summary>Recovery has moved each job of the queue once, ready ones not; and parked jobs' bytes are counted.</summary>
    public async Task CountAsync()
    {
        foreach (var envelope in await AwayAsync())
        {
            await queue.Queue.HashSetAsync(queue.Keys.Suspects, EnvelopeHash.Of(envelope), 1);
        }

        await queue.Queue.StringSetAsync(queue.Keys.ParkedBytes, await ParkedBytesAsync());
    }

    /// <summary>The hashes of the jobs that are not ready.</summary>
    public async Task<IReadOnlyList<string>> AwayHashesAsync() => [.. (await AwayAsync()).Select(EnvelopeHash.Of)];

    /// <summary>The bytes of the jobs that are parked.</summary>
    public async Task<long> ParkedBytesAsync() => (await MembersAsync(queue.Keys.Parked)).Sum(envelope => (long)envelope.Length);

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

    private async Task<IReadOnlyList<byte[]>> AwayAsync() =>
    [
        .. await MembersAsync(queue.Keys.Delayed), .. await MembersAsync(queue.Keys.Parked),
        .. await ListAsync(queue.Keys.Isolated), .. await ListAsync(queue.Keys.Processing("dead")),
        .. await ListAsync(queue.Keys.Processing("gone")),
    ];

    private async Task<IReadOnlyList<byte[]>> MembersAsync(RedisKey set) =>
        [.. (await queue.Queue.SortedSetRangeByRankAsync(set)).Select(member => NumberedEntry.Read((byte[])member!).Envelope)];

    private async Task<IReadOnlyList<byte[]>> ListAsync(RedisKey list) =>
        [.. (await queue.Queue.ListRangeAsync(list)).Select(envelope => (byte[])envelope!)];

    private static string IdIn(RedisValue envelope) => ((string)envelope!).Split('"')[3];

    private async Task<byte[]> MemberAsync(string id) =>
        FsckBench.Member(await queue.Queue.StringIncrementAsync(queue.Keys.Sequence), Envelope(id));
}
