using System.Diagnostics;
using System.Globalization;
using Dashtam.Jobs.Tests.Support;
using NUnit.Framework;

namespace Dashtam.Jobs.Tests.Integration.EndToEnd;

/// <summary>Scheduler and worker behind Sentinels whose primary dies.</summary>
[Category("Integration")]
[CancelAfter(180_000)]
[Parallelizable(ParallelScope.All)] // they wait most of the time, each on a Redis of its own
internal sealed class SentinelTests
{
    private const int Held = 10;

    // The promise is two seconds; a machine that runs other tests as well may add some.
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(2 + 4);

    private RedisSentinels _redis = null!;
    private TestQueue _before = null!;

    [SetUp]
    public async Task SetUp()
    {
        _redis = await TestServices.StartSentinelsAsync();
        _before = await TestQueue.CreateOnAsync(_redis.Primary.Endpoint);
    }

    [TearDown]
    public ValueTask TearDown() => Disposal.DisposeAllAsync(_before, _redis);

    [Test]
    public async Task A_failover_loses_no_replicated_job_and_jobs_are_consumed_again_after_the_promotion()
    {
        var settings = WorkerSettings.On(_before, _redis.Url, more:
            [WorkerSettings.Concurrency(50), ("TOKEN_CHECK_CRON", "0/2 * * * * *"), ("SESSION_CHECK_CRON", WorkerSettings.Never)]);
        await using var worker = ServiceProcess.Worker(settings);
        await using var scheduler = ServiceProcess.Scheduler(settings);
        await worker.UntilReadyAsync();
        await scheduler.UntilReadyAsync();
        await scheduler.UntilLoggedAsync("schedule_fired");
        await _before.PushAsync([.. Enumerable.Range(0, Held).Select(number => Canary.Envelope(Id(number), sleepMs: 6_000))]);
        await worker.UntilAsync(() => Task.FromResult(worker.Count("job_started") >= Held), "the jobs run");
        await _before.Queue.ExecuteAsync("WAIT", 1, 5_000);

        await _redis.Primary.KillAsync();
        await _redis.Replica.UntilAsync("role:master", "INFO", "replication");
        var promoted = Stopwatch.StartNew();
        await using var after = await TestQueue.CreateOnAsync(_redis.Replica.Endpoint, like: _before);
        await after.PushAsync(Canary.Envelope("after"));
        await worker.UntilAsync(() => after.Queue.KeyExistsAsync(after.Keys.Result("after")), "a job has run");
        var back = promoted.Elapsed;
        await TestContext.Out.WriteLineAsync(
            string.Create(CultureInfo.InvariantCulture, $"a job's result {back.TotalMilliseconds:0} ms after the promotion"));
        Assert.That(back, Is.LessThan(Limit), () => string.Join('\n', worker.Lines.TakeLast(60)));

        var fired = scheduler.Count("schedule_fired");
        await worker.UntilAsync(() => AllEndedAsync(after), "every job from before has a result");
        await scheduler.UntilAsync(() => Task.FromResult(scheduler.Count("schedule_fired") > fired), "schedules fire again");
        Assert.That(
            (long)await after.Queue.HashGetAsync(after.Keys.Stats, "run_canary:succeeded"), Is.EqualTo(Held + 1), "none ran twice");
        Assert.That(worker.Count("job_fenced"), Is.Zero);
    }

    /// <summary>
    /// Failover after failover, one after the other, while jobs are enqueued with <c>Replicated(1)</c>. <c>FAILOVERS</c> says
    /// how many: 2, because each takes several seconds.
    /// </summary>
    [Test]
    public async Task Failovers_one_after_the_other_lose_no_job_whose_enqueue_was_confirmed()
    {
        var failovers = int.TryParse(Environment.GetEnvironmentVariable("FAILOVERS"), CultureInfo.InvariantCulture, out var set) ? set : 2;
        await using var worker = ServiceProcess.Worker(
            WorkerSettings.On(_before, _redis.Url, more: WorkerSettings.Concurrency(50)));
        await worker.UntilReadyAsync();
        await using var load = await ReplicatedLoad.StartAsync(_redis.Url, _before.Options.Name);
        var (primary, replica) = (_redis.Primary, _redis.Replica);
        for (var round = 0; round < failovers; round++)
        {
            var confirmed = load.Confirmed.Count;
            await worker.UntilAsync(() => Task.FromResult(load.Confirmed.Count >= confirmed + 50), "jobs are confirmed");
            await primary.KillAsync();
            await replica.UntilAsync("role:master", "INFO", "replication");
            await primary.StartAsync();
            await primary.UntilAsync("role:slave", "INFO", "replication"); // the Sentinels see to that
            await primary.UntilAsync("master_link_status:up", "INFO", "replication");
            (primary, replica) = (replica, primary);
        }

        var afterwards = load.Confirmed.Count;
        await worker.UntilAsync(() => Task.FromResult(load.Confirmed.Count > afterwards), "jobs are confirmed again");
        await load.StopAsync();
        await using var queue = await TestQueue.CreateOnAsync(primary.Endpoint, like: _before);
        foreach (var id in load.Confirmed)
        {
            await worker.UntilAsync(() => queue.Queue.KeyExistsAsync(queue.Keys.Result(id)), $"{id} has a result");
        }

        await TestContext.Out.WriteLineAsync(string.Create(CultureInfo.InvariantCulture,
            $"{failovers} failovers: {load.Confirmed.Count} enqueues confirmed, {load.Unconfirmed} not; every confirmed one has a result"));
    }

    [Test]
    public async Task Sentinels_that_are_away_at_the_start_are_waited_for()
    {
        await using var sentinel = new RedisNode(
            string.Create(CultureInfo.InvariantCulture, $"sentinel monitor jobs 127.0.0.1 {_redis.Primary.Port} 1"));
        await using var worker = ServiceProcess.Worker(
            WorkerSettings.On(_before, $"redis+sentinel://:s3cret@{sentinel.Endpoint}/jobs"));
        await worker.UntilLoggedAsync("redis_unreachable");

        await sentinel.StartAsync(sentinel: true);
        await worker.UntilReadyAsync();

        Assert.That(worker.Lines, Has.None.Contains("s3cret"));
    }

    [Test]
    public async Task A_primary_that_is_away_at_the_start_is_waited_for()
    {
        await using var primary = new RedisNode();
        await using var sentinel = new RedisNode(
            string.Create(CultureInfo.InvariantCulture, $"sentinel monitor jobs 127.0.0.1 {primary.Port} 1"));
        await sentinel.StartAsync(sentinel: true);
        await using var worker = ServiceProcess.Worker(WorkerSettings.On(_before, $"redis+sentinel://{sentinel.Endpoint}/jobs"));
        await worker.UntilAsync(
            () => Task.FromResult(worker.Count("redis_unreachable") + worker.Count("redis_primary_unknown") > 0), "it says so");

        await primary.StartAsync();

        await worker.UntilReadyAsync();
    }

    private static async Task<bool> AllEndedAsync(TestQueue queue)
    {
        for (var number = 0; number < Held; number++)
        {
            if (!await queue.Queue.KeyExistsAsync(queue.Keys.Result(Id(number))))
            {
                return false;
            }
        }

        return true;
    }

    private static string Id(int number) => string.Create(CultureInfo.InvariantCulture, $"held-{number}");
}
