using Dashtam.Jobs.Core.Queue.Fsck;
using Dashtam.Jobs.Tests.Support;
using NUnit.Framework;
using StackExchange.Redis;

namespace Dashtam.Jobs.Tests.Integration.Core.Queue.Fsck;

/// <summary>Workers, departed workers and their lists.</summary>
[Category("Integration")]
[OnEachServer]
internal sealed class WorkerCheckTests
{
    private FsckBench _bench = null!;

    [SetUp]
    public async Task SetUp() => _bench = await FsckBench.CreateAsync(fsck: new FsckOptions { DepartedMax = 3 });

    [TearDown]
    public async Task TearDown() => await _bench.DisposeAsync();

    [Test]
    public async Task The_jobs_of_a_worker_that_nobody_knows_are_made_ready_again()
    {
        await _bench.Redis.ListLeftPushAsync(_bench.Keys.Processing("ghost"), FsckBench.Envelope("t"));

        await _bench.FindsAndRepairsAsync(FindingKind.OrphanList, _bench.Keys.Processing("ghost"), "jobs of a worker that nobody knows: 1");

        Assert.That(await _bench.Queue.ReadyAsync(), Is.EqualTo(1));
        Assert.That(await _bench.Queue.ProcessingAsync("ghost"), Is.Zero);
    }

    [Test]
    public async Task More_jobs_than_one_recovery_moves_are_made_ready_again()
    {
        var envelopes = Enumerable.Range(0, 2_500).Select(i => (RedisValue)FsckBench.Envelope($"t{i}")).ToArray();
        await _bench.Redis.ListLeftPushAsync(_bench.Keys.Processing("ghost"), envelopes);

        await _bench.RunAsync(repair: true);

        Assert.That(await _bench.Queue.ReadyAsync(), Is.EqualTo(2_500));
    }

    [Test]
    public async Task The_jobs_of_a_departed_worker_that_nobody_recovers_are_made_ready_again()
    {
        await _bench.Redis.SortedSetAddAsync(_bench.Keys.Departed, "gone", await _bench.NowAsync() - 600_000);
        await _bench.Redis.ListLeftPushAsync(_bench.Keys.Processing("gone"), FsckBench.Envelope("t"));

        await _bench.FindsAndRepairsAsync(FindingKind.DepartedWithJobs, _bench.Keys.Processing("gone"), "jobs that nobody recovers: 1");

        Assert.That(await _bench.Queue.ReadyAsync(), Is.EqualTo(1));
    }

    [Test]
    public async Task A_worker_that_departed_a_moment_ago_is_left_to_recovery()
    {
        await _bench.Queue.RegisterAsync("w");
        await _bench.Queue.Registry.DepartAsync("w", CancellationToken.None);
        await _bench.Redis.ListLeftPushAsync(_bench.Keys.Processing("w"), FsckBench.Envelope("t"));

        Assert.That((await _bench.RunAsync()).Counts, Is.Empty);
    }

    [Test]
    public async Task A_worker_that_is_long_dead_is_recovered()
    {
        await HoldAndDieAsync("dead");

        await _bench.FindsAndRepairsAsync(FindingKind.DeadWorker, _bench.Keys.Workers, "dead");

        Assert.That(await _bench.Queue.ReadyAsync(), Is.EqualTo(1));
    }

    [Test]
    public async Task A_worker_that_comes_back_while_it_is_judged_keeps_its_jobs()
    {
        await HoldAndDieAsync("w");
        var pauses = 0;
        _bench.DuringPause = () =>
        {
            pauses++;
            _bench.Redis.SortedSetAdd(_bench.Keys.Workers, "w", DateTimeOffset.UtcNow.ToUnixTimeMilliseconds());
        };

        var report = await _bench.RunAsync(repair: true);

        Assert.That(pauses, Is.GreaterThan(0));
        Assert.That(report.Counts, Is.Empty);
        Assert.That(await _bench.Queue.ProcessingAsync("w"), Is.EqualTo(1));
    }

    [Test]
    public async Task A_worker_with_a_longer_lease_than_the_one_configured_here_is_not_taken_for_dead()
    {
        await _bench.Queue.HoldAsync("w", FsckBench.Envelope("t"));
        await _bench.Queue.LetLeaseRunOutAsync("w"); // its own hash is still there

        Assert.That((await _bench.RunAsync(repair: true)).Counts, Is.Empty);
    }

    [Test]
    public async Task A_heartbeat_in_the_future_would_hide_a_death_and_is_set_to_now()
    {
        await _bench.Queue.RegisterAsync("w");
        await _bench.Redis.SortedSetAddAsync(_bench.Keys.Workers, "w", await _bench.NowAsync() + 3_600_000);

        await _bench.FindsAndRepairsAsync(FindingKind.HeartbeatAhead, _bench.Keys.Workers, "w");

        Assert.That(
            await _bench.Redis.SortedSetScoreAsync(_bench.Keys.Workers, "w"), Is.EqualTo(await _bench.NowAsync()).Within(10_000));
    }

    [Test]
    public async Task A_job_that_a_living_worker_holds_longer_than_it_may_is_named()
    {
        await _bench.Queue.HoldAsync("w", FsckBench.Envelope("t"));
        await SayOldestAsync("w", age: 100_000, limit: 70_000);

        await _bench.OnlyNamesAsync(FindingKind.StuckEntry, _bench.Keys.Worker("w"), "task t ");
    }

    [Test]
    public async Task A_job_that_a_living_worker_may_hold_is_no_finding()
    {
        await _bench.Queue.HoldAsync("w", FsckBench.Envelope("t"));
        await SayOldestAsync("w", age: 100_000, limit: 300_000);

        Assert.That((await _bench.RunAsync()).Counts, Is.Empty);
    }

    [Test]
    public async Task Departed_workers_that_nobody_forgets_are_forgotten()
    {
        var old = await _bench.NowAsync() - 7_200_000;
        var workers = Enumerable.Range(0, 10).Select(i => new SortedSetEntry($"w{i}", old)).ToArray();
        await _bench.Redis.SortedSetAddAsync(_bench.Keys.Departed, workers);

        await _bench.FindsAndRepairsAsync(FindingKind.DepartedOvergrown, _bench.Keys.Departed, "more than 3");

        Assert.That(await _bench.Redis.SortedSetLengthAsync(_bench.Keys.Departed), Is.Zero);
    }

    private async Task HoldAndDieAsync(string worker)
    {
        await _bench.Queue.HoldAsync(worker, FsckBench.Envelope("t"));
        await _bench.Queue.LetLeaseRunOutAsync(worker);
        await _bench.Redis.KeyDeleteAsync(_bench.Keys.Worker(worker));
    }

    private async Task SayOldestAsync(string worker, long age, long limit) => await _bench.Redis.HashSetAsync(
        _bench.Keys.Worker(worker),
        [
            new HashEntry("oldest_started_ms", await _bench.NowAsync() - age),
            new HashEntry("oldest_limit_ms", limit),
            new HashEntry("oldest_task_id", "t"),
        ]);
}
