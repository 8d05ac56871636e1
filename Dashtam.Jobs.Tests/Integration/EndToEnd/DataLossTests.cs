using Dashtam.Jobs.Tests.Support;
using NUnit.Framework;
using StackExchange.Redis;

namespace Dashtam.Jobs.Tests.Integration.EndToEnd;

/// <summary>A real worker and a real scheduler, and a Redis that loses what it had.</summary>
[Category("Integration")]
[CancelAfter(180_000)]
[Parallelizable(ParallelScope.All)] // they wait most of the time, each on a Redis of its own
internal sealed class DataLossTests
{
    private static readonly TimeSpan Seen = TimeSpan.FromSeconds(15);

    private OwnRedis _redis = null!;
    private TestQueue _queue = null!;

    [SetUp]
    public async Task SetUp()
    {
        _redis = await TestServices.StartOwnRedisAsync("--appendonly", "no", "--maxmemory-policy", "allkeys-lru");
        _queue = await TestQueue.CreateOnAsync(_redis.ConnectionString);
    }

    [TearDown]
    public ValueTask TearDown() => Disposal.DisposeAllAsync(_queue, _redis);

    [Test]
    public async Task A_flushed_Redis_is_noticed_and_worker_and_scheduler_go_on()
    {
        await using var worker = await StartWorkerAsync();
        await using var scheduler = ServiceProcess.Scheduler(WorkerSettings.On(_queue, _redis.ConnectionString));
        await scheduler.UntilReadyAsync();
        await UntilLookedAtAsync(worker, count: 3);

        await _queue.Queue.ExecuteAsync("FLUSHALL");

        await worker.UntilLoggedAsync("redis_lost_data", Seen);
        await scheduler.UntilLoggedAsync("redis_lost_data", Seen);
        await AssertNewJobRunsAsync(worker, "new");
        await scheduler.UntilAsync(
            async () => await _queue.Queue.HashLengthAsync(_queue.Keys.Schedules) > 0, "schedules are registered again");
        await AssertNoticedAsync(worker, "redis_lost_data", "redis:lost_data");
        Assert.That(await worker.ReadinessAsync(), Is.EqualTo(200));
        Assert.That(await scheduler.ReadinessAsync(), Is.EqualTo(200));
    }

    [Test]
    public async Task A_Redis_that_restarts_from_an_old_snapshot_is_noticed_and_the_worker_goes_on()
    {
        await using var worker = await StartWorkerAsync();
        await _queue.Queue.ExecuteAsync("SAVE");
        await AssertNewJobRunsAsync(worker, "lost");
        await UntilLookedAtAsync(worker, count: 1 + (int)await _queue.Queue.HashGetAsync(_queue.Keys.Epoch, "count"));

        await _redis.KillAsync();
        await _redis.StartAsync();

        await worker.UntilLoggedAsync("redis_rolled_back", Seen);
        await AssertNewJobRunsAsync(worker, "new");
        await AssertNoticedAsync(worker, "redis_rolled_back", "redis:rolled_back");
    }

    [Test]
    public async Task A_Redis_that_may_evict_is_named_at_the_start()
    {
        await using var worker = await StartWorkerAsync();

        await worker.UntilLoggedAsync("jobs_can_vanish");

        Assert.That(
            worker.Events.Single(line => line.GetProperty("event").GetString() == "jobs_can_vanish").ToString(),
            Does.Contain("allkeys-lru").And.Contain("noeviction"));
    }

    private async Task<ServiceProcess> StartWorkerAsync()
    {
        var worker = ServiceProcess.Worker(WorkerSettings.On(_queue, _redis.ConnectionString));
        await worker.UntilReadyAsync();
        await UntilLookedAtAsync(worker, count: 1);
        return worker;
    }

    private Task UntilLookedAtAsync(ServiceProcess worker, int count) => worker.UntilAsync(
        async () => await CountAsync() >= count, $"Redis has been looked at {count} times");

    private async Task<int> CountAsync() => (int)await _queue.Queue.HashGetAsync(_queue.Keys.Epoch, "count");

    private async Task AssertNewJobRunsAsync(ServiceProcess worker, string taskId)
    {
        // This test's own connection may have to come back first.
        await Eventually.SucceedsAsync(() => _queue.PushAsync(Canary.Envelope(taskId)), error => error is RedisException);
        await worker.UntilAsync(() => _queue.Queue.KeyExistsAsync(_queue.Keys.Result(taskId)), $"job {taskId} has a result");
    }

    private async Task AssertNoticedAsync(ServiceProcess worker, string eventName, string counter)
    {
        Assert.That(worker.Count(eventName), Is.EqualTo(1));
        Assert.That((int)await _queue.Queue.HashGetAsync(_queue.Keys.Stats, counter), Is.EqualTo(1));
    }
}
