using Dashtam.Jobs.Tests.Support;
using NUnit.Framework;
using StackExchange.Redis;

namespace Dashtam.Jobs.Tests.Integration.EndToEnd;

/// <summary>
/// <c>hand-over --yes</c> dies by SIGKILL around each of its moves: every job is in one place then, the counts beside the jobs are right,
/// and the command that is run again moves the rest.
/// </summary>
[Category("Integration")]
[CancelAfter(120_000)]
[Parallelizable(ParallelScope.Children)]
internal sealed class KilledHandOverTests
{
    private static OwnRedis? _redis;

    [OneTimeSetUp]
    public static async Task StartRedis() => _redis = await TestServices.StartOwnRedisAsync();

    [OneTimeTearDown]
    public static ValueTask StopRedis() => Disposal.DisposeAllAsync(_redis);

    [Test]
    public async Task No_job_is_lost_and_none_is_doubled_when_it_is_killed_around(
        [Values("hand_over_list.lua", "hand_over_set.lua")] string script, [Values] KillStep step, [Values] bool delayed)
    {
        await using var queue = await TestQueue.CreateOnAsync(_redis!.ConnectionString);
        await using var proxy = new FaultProxy(_redis.ConnectionString);
        var bench = new HandOverBench(queue);
        await bench.FillAsync();
        await bench.CountAsync();

        await KillAsync(queue, proxy, script, step, delayed);
        Assert.That(await EverywhereAsync(queue), Is.EqualTo(8), "ready, held, parked, isolated and delayed jobs after the kill");
        await AssertCountsAsync(queue, bench);
        var report = await bench.MoveAsync(delayed);

        Assert.That(report.IsDone, Is.True);
        string[] stays = delayed ? [] : ["delayed"];
        Assert.That((await bench.TakenAsync()).Concat(stays), Is.EquivalentTo(
            new[] { "held-1", "held-2", "held-3", "parked-1", "parked-2", "isolated", "ready", "delayed" }));
        await AssertCountsAsync(queue, bench);
    }

    private static async Task AssertCountsAsync(TestQueue queue, HandOverBench bench)
    {
        Assert.That(
            (await queue.Queue.HashKeysAsync(queue.Keys.Suspects)).ToStringArray(), Is.EquivalentTo(await bench.AwayHashesAsync()),
            "how often recovery moved them is known of the jobs that are not ready, and of no other");
        Assert.That((long)await queue.Queue.StringGetAsync(queue.Keys.ParkedBytes), Is.EqualTo(await bench.ParkedBytesAsync()));
    }

    private static async Task KillAsync(TestQueue queue, FaultProxy proxy, string script, KillStep step, bool delayed)
    {
        var texts = await ScriptRequests.OfAsync(queue, script);
        if (step == KillStep.BeforeItRuns)
        {
            proxy.HoldRequest(texts);
        }
        else
        {
            proxy.HoldReplyTo(reply: "", texts);
        }

        string[] options = delayed ? ["--yes", "--delayed"] : ["--yes"];
        await using var victim = ServiceProcess.Command(["hand-over", .. options], WorkerSettings.On(queue, proxy.ConnectionString));
        await victim.UntilAsync(() => Task.FromResult(proxy.Held.IsCompleted), "it stands still", TimeSpan.FromSeconds(60));
        await victim.KillAsync();
    }

    private static async Task<long> EverywhereAsync(TestQueue queue)
    {
        var redis = queue.Queue;
        return await queue.ReadyAsync() + await queue.ProcessingAsync("dead") + await queue.ProcessingAsync("gone")
            + await redis.SortedSetLengthAsync(queue.Keys.Parked)
            + await redis.SortedSetLengthAsync(queue.Keys.Delayed) + await redis.ListLengthAsync(queue.Keys.Isolated);
    }
}
