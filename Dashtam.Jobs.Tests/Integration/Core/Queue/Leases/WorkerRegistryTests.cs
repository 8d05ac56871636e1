using System.Text;
using Dashtam.Jobs.Core.Queue;
using Dashtam.Jobs.Core.Queue.Leases;
using Dashtam.Jobs.Tests.Support;
using NUnit.Framework;
using StackExchange.Redis;

namespace Dashtam.Jobs.Tests.Integration.Core.Queue.Leases;

[Category("Integration")]
[OnEachServer]
internal sealed class WorkerRegistryTests
{
    private TestQueue _queue = null!;

    [SetUp]
    public async Task SetUp() => _queue = await TestQueue.CreateAsync(new QueueOptions { MaxEnvelopeBytes = 2_000 });

    [TearDown]
    public async Task TearDown() => await _queue.DisposeAsync();

    [Test]
    public async Task A_heartbeat_renews_the_lease_and_tells_what_Redis_believes_the_worker_holds()
    {
        await _queue.HoldAsync("w", "1"u8.ToArray(), "2"u8.ToArray());
        await _queue.LetLeaseRunOutAsync("w");

        var heartbeat = _queue.Renew("w", running: 2);
        var orphaned = await _queue.Registry.FindOrphanedAsync(CancellationToken.None);

        Assert.That((heartbeat.Alive, heartbeat.Held), Is.EqualTo((true, 2L)));
        Assert.That(heartbeat.SinceLast, Is.GreaterThan(TimeSpan.FromDays(365)), "by Redis' clock, since its first millisecond");
        Assert.That(orphaned, Is.Empty);
        Assert.That((int)await _queue.Queue.HashGetAsync(_queue.Keys.Worker("w"), "running"), Is.EqualTo(2));
    }

    [TestCase(3_600_000)]
    [TestCase(double.PositiveInfinity)]
    public async Task A_time_in_Redis_future_is_set_to_now_by_the_look_for_dead_workers(double ahead)
    {
        var now = await NowAsync();
        foreach (var times in (RedisKey[])[_queue.Keys.Workers, _queue.Keys.Departed])
        {
            await _queue.Queue.SortedSetAddAsync(times, [new("far", now + ahead), new("near", now + 5_000), new("past", now - 5_000)]);
        }

        await _queue.Registry.FindOrphanedAsync(CancellationToken.None);

        foreach (var times in (RedisKey[])[_queue.Keys.Workers, _queue.Keys.Departed])
        {
            var scores = await _queue.Queue.SortedSetScoresAsync(times, ["far", "near", "past"]);
            Assert.That(scores[0], Is.InRange(now, await NowAsync()), $"{times}: its lease begins to run");
            Assert.That(scores[1..], Is.EqualTo(new double?[] { now + 5_000, now - 5_000 }), $"{times}");
        }
    }

    [Test]
    public async Task A_heartbeat_beyond_all_time_is_renewed()
    {
        await _queue.RegisterAsync("w");
        await _queue.Queue.SortedSetAddAsync(_queue.Keys.Workers, "w", double.PositiveInfinity);

        var heartbeat = _queue.Renew("w", running: 0);

        Assert.That((heartbeat.Alive, heartbeat.SinceLast), Is.EqualTo((true, TimeSpan.Zero)));
    }

    [Test]
    public async Task A_worker_whose_lease_holds_is_not_recovered()
    {
        await _queue.HoldAsync("w", "1"u8.ToArray());

        var moved = await _queue.TryRecoverAsync("w");

        Assert.That(moved, Is.Null);
        Assert.That(await _queue.ProcessingAsync("w"), Is.EqualTo(1));
    }

    [Test]
    public async Task The_jobs_of_a_dead_worker_are_ready_again_in_their_order_and_before_others()
    {
        await _queue.HoldAsync("dead", "1"u8.ToArray(), "2"u8.ToArray(), "3"u8.ToArray());
        await _queue.PushAsync("later"u8.ToArray());
        await _queue.LetLeaseRunOutAsync("dead");

        var orphaned = await _queue.Registry.FindOrphanedAsync(CancellationToken.None);
        var moved = await _queue.TryRecoverAsync("dead");
        await _queue.RegisterAsync("w");
        var fetched = await _queue.FetchAsync("w", 10);

        Assert.That(orphaned, Is.EqualTo(new[] { "dead" }));
        Assert.That(moved, Is.EqualTo(3));
        Assert.That(
            fetched.Select(delivery => Encoding.UTF8.GetString(delivery.Envelope)),
            Is.EqualTo(new[] { "1", "2", "3", "later" }));
        Assert.That(await _queue.Queue.HashLengthAsync(_queue.Keys.Suspects), Is.EqualTo(3));
    }

    [Test]
    public async Task A_worker_that_was_recovered_learns_it_from_its_heartbeat_and_cannot_renew_the_old_name()
    {
        await _queue.HoldAsync("w", "1"u8.ToArray());
        await _queue.RecoverAsync("w");

        var heartbeat = _queue.Renew("w", running: 1);

        Assert.That(heartbeat.Alive, Is.False);
        Assert.That(await _queue.Queue.SortedSetScoreAsync(_queue.Keys.Workers, "w"), Is.Null);
    }

    [Test]
    public async Task What_reaches_a_departed_worker_s_list_late_is_found()
    {
        await _queue.RegisterAsync("w");
        await _queue.Registry.DepartAsync("w", CancellationToken.None);
        await _queue.Queue.ListLeftPushAsync(_queue.Keys.Processing("w"), "late"); // a BLMOVE that was under way

        var orphaned = await _queue.Registry.FindOrphanedAsync(CancellationToken.None);
        var moved = await _queue.TryRecoverAsync("w");

        Assert.That(orphaned, Does.Contain("w"));
        Assert.That(moved, Is.EqualTo(1));
        Assert.That(await _queue.ReadyAsync(), Is.EqualTo(1));
    }

    [Test]
    public async Task Of_the_departed_workers_one_caller_in_a_while_learns_which_hold_something_or_can_be_forgotten()
    {
        foreach (var worker in new[] { "holds nothing", "holds a job" })
        {
            await _queue.RegisterAsync(worker);
            await _queue.Registry.DepartAsync(worker, CancellationToken.None);
        }

        await _queue.Queue.ListLeftPushAsync(_queue.Keys.Processing("holds a job"), "late");
        await _queue.Queue.SortedSetAddAsync(_queue.Keys.Departed, "long gone", 1);

        var first = await _queue.Registry.FindOrphanedAsync(CancellationToken.None);
        var second = await _queue.Registry.FindOrphanedAsync(CancellationToken.None);

        Assert.That(first, Is.EquivalentTo(new[] { "long gone", "holds a job" }));
        Assert.That(second, Is.Empty);
    }

    [Test]
    public async Task A_worker_whose_own_heartbeat_is_late_by_Redis_clock_judges_nobody()
    {
        await _queue.HoldAsync("dead", "1"u8.ToArray());
        await _queue.LetLeaseRunOutAsync("dead");
        await _queue.RegisterAsync("judge");
        await _queue.Queue.SortedSetIncrementAsync(_queue.Keys.Workers, "judge", -11_000);

        var late = await _queue.Registry.RecoverAsync("dead", "judge", CancellationToken.None);
        var unknown = await _queue.Registry.RecoverAsync("dead", "nobody", CancellationToken.None);
        _queue.Renew("judge");
        var fresh = await _queue.Registry.RecoverAsync("dead", "judge", CancellationToken.None);

        Assert.That((late, unknown), Is.EqualTo((default(RecoveredJobs?), default(RecoveredJobs?))));
        Assert.That(fresh, Is.EqualTo(new RecoveredJobs(1, 0)));
    }

    [Test]
    public async Task A_departed_worker_is_forgotten_an_hour_after_its_list_was_last_seen_filled()
    {
        await _queue.Queue.SortedSetAddAsync(_queue.Keys.Departed, "long gone", 1);

        await _queue.TryRecoverAsync("long gone");

        Assert.That(await _queue.Queue.SortedSetLengthAsync(_queue.Keys.Departed), Is.Zero);
    }

    [Test]
    public async Task Recovery_keeps_what_is_too_large_from_killing_the_next_worker()
    {
        await _queue.RegisterAsync("w");
        await _queue.Queue.ListLeftPushAsync(_queue.Keys.Processing("w"), new string('x', 2_001));

        await _queue.LetLeaseRunOutAsync("w");
        var recovered = await _queue.Registry.RecoverAsync("w", judge: null, CancellationToken.None);

        Assert.That(recovered, Is.EqualTo(new RecoveredJobs(1, 1)));
        Assert.That(await _queue.ReadyAsync(), Is.Zero);
        Assert.That(await _queue.Queue.SortedSetLengthAsync(_queue.Keys.Dead), Is.EqualTo(1));
        Assert.That((int)await _queue.Queue.HashGetAsync(_queue.Keys.Stats, "unknown:dead_lettered"), Is.EqualTo(1));
    }

    private async Task<double> NowAsync() =>
        (await _queue.Ledger.GetTimeAsync(CancellationToken.None)).ToUnixTimeMilliseconds();
}
