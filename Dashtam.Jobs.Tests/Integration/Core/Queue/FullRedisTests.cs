using System.Text;
using Dashtam.Jobs.Core.Queue;
using Dashtam.Jobs.Core.Queue.DeadLetters;
using Dashtam.Jobs.Core.Queue.Fencing;
using Dashtam.Jobs.Core.Queue.Producing;
using Dashtam.Jobs.Core.Wire;
using Dashtam.Jobs.Tests.Support;
using NUnit.Framework;
using StackExchange.Redis;

namespace Dashtam.Jobs.Tests.Integration.Core.Queue;

/// <summary>A Redis at its maxmemory refuses every write that needs memory; what drains it must go on.</summary>
[Category("Integration")]
internal sealed class FullRedisTests
{
    private OwnRedis _redis = null!;
    private TestQueue _queue = null!;

    [SetUp]
    public async Task SetUp()
    {
        _redis = await TestServices.StartOwnRedisAsync("--maxmemory", "12mb", "--maxmemory-policy", "noeviction");
        // Enqueues are refused by Redis alone.
        _queue = await TestQueue.CreateOnAsync(_redis.ConnectionString, new QueueOptions { EnqueueMemoryLimitPercent = 100 });
    }

    [TearDown]
    public ValueTask TearDown() => Disposal.DisposeAllAsync(_queue, _redis);

    [Test]
    public async Task Fetch_fence_heartbeat_finish_retry_park_dead_letter_give_back_and_hand_back_go_on()
    {
        await _queue.RegisterAsync("w");
        await FillAsync();

        var fetched = await _queue.FetchAsync("w", 6);
        var fence = await new FenceTokens(_queue, _queue.Keys).NextAsync(fetched[0], own: 0, CancellationToken.None);
        var heartbeat = _queue.Renew("w", running: 5);
        var letter = new DeadLetter(DeadLetterReason.Failed, "why", "run_canary", "2", Attempts: 3, "{}"u8.ToArray());
        Settlement[] settlements =
        [
            await _queue.Jobs.FinishAsync(fetched[0], "1", "run_canary", "{}"u8.ToArray(), CancellationToken.None),
            await _queue.Jobs.RetryAsync(fetched[1], "run_canary", fetched[1].Envelope, TimeSpan.Zero, CancellationToken.None),
            await _queue.Jobs.DeadLetterAsync(fetched[2], letter, CancellationToken.None),
            await _queue.Jobs.ParkAsync(fetched[3], CancellationToken.None),
            await _queue.Jobs.GiveBackAsync(fetched[4], CancellationToken.None),
            await _queue.Jobs.HandBackAsync("w", [fetched[5].Envelope], CancellationToken.None),
        ];

        Assert.That(fetched, Has.Count.EqualTo(6));
        Assert.That(heartbeat.Alive, Is.True);
        Assert.That(fence, Is.Positive);
        Assert.That(settlements, Is.All.EqualTo(Settlement.Done));
    }

    [Test]
    public async Task Registration_and_recovery_go_on()
    {
        await _queue.HoldAsync("dead", "1"u8.ToArray());
        await _queue.LetLeaseRunOutAsync("dead");
        await FillAsync();

        await _queue.RegisterAsync("w");
        var orphaned = await _queue.Registry.FindOrphanedAsync(CancellationToken.None);
        var moved = await _queue.TryRecoverAsync("dead");

        Assert.That(orphaned, Is.EqualTo(new[] { "dead" }));
        Assert.That(moved, Is.EqualTo(1));
    }

    [Test]
    public async Task An_enqueue_is_refused_clearly_and_nothing_is_half_done()
    {
        await FillAsync();
        var before = await _queue.ReadyAsync();

        var envelope = new JobEnvelope { TaskId = "one", TaskName = "run_canary" };
        Assert.That(
            () => _queue.Producer.EnqueueAsync(envelope, TimeSpan.Zero, CancellationToken.None),
            Throws.InstanceOf<QueueFullException>().With.Message.Contains("OOM").And.Message.Contains("Nothing was written"));
        Assert.That(await _queue.ReadyAsync(), Is.EqualTo(before));
        Assert.That(await _queue.Queue.KeyExistsAsync(_queue.Keys.OnceById("one")), Is.False);
    }

    [Test]
    public async Task A_bulk_enqueue_is_refused_clearly_and_nothing_is_half_done()
    {
        await FillAsync();
        var before = await _queue.ReadyAsync();

        var envelopes = new[] { "one", "two" }.Select(id => new JobEnvelope { TaskId = id, TaskName = "run_canary" }).ToArray();
        var error = (await Assert.ThrowsAsync<BulkEnqueueException>(
            () => _queue.Producer.EnqueueManyAsync(envelopes, EnqueueOptions.Default, CancellationToken.None)))!;

        Assert.That(error.InnerException, Is.InstanceOf<QueueFullException>());
        Assert.That(error.NotEnqueued, Is.EqualTo(new[] { "one", "two" }));
        Assert.That(await _queue.ReadyAsync(), Is.EqualTo(before));
        Assert.That(await _queue.Queue.KeyExistsAsync(_queue.Keys.OnceById("one")), Is.False);
    }

    /// <summary>As Python producers do: a plain LPUSH until Redis refuses it.</summary>
    [Test]
    public async Task A_fire_of_a_Python_entry_is_refused_whole_and_comes_once_when_there_is_room()
    {
        using var bench = new PythonScheduleBench(_queue);
        var now = await bench.Store.GetTimeAsync(CancellationToken.None);
        var minute = bench.Source.Minute(now);
        await bench.ScheduleAsync("one", PythonEntries.Json("one", time: now), minute);
        await bench.ScheduleAsync("two", PythonEntries.Json("two", interval: 3600), bench.Source.Intervals);
        await bench.Lists.LookAsync(CancellationToken.None);
        await FillAsync();
        var before = await _queue.ReadyAsync();

        Assert.That(
            () => bench.Due.FireAsync(CancellationToken.None), Throws.InstanceOf<RedisServerException>().With.Message.StartsWith("OOM"));
        Assert.That(await _queue.ReadyAsync(), Is.EqualTo(before));
        Assert.That(await bench.Store.DueAsync(now.AddMinutes(1), 10, CancellationToken.None), Has.Count.EqualTo(2));
        Assert.That(await _queue.Queue.KeyExistsAsync([minute, bench.Source.Entry("data:one")]), Is.EqualTo(2));

        await _queue.Queue.KeyDeleteAsync(_queue.Keys.Ready);
        await bench.Due.FireAsync(CancellationToken.None);
        await bench.Due.FireAsync(CancellationToken.None);

        Assert.That((await bench.ReadyAsync()).Select(job => job.Labels.Text("schedule_id")), Is.EquivalentTo(new[] { "one", "two" }));
    }

    private async Task FillAsync()
    {
        var envelope = Encoding.UTF8.GetBytes(new string('x', 10_000));
        try
        {
            while (true)
            {
                await _queue.Queue.ListLeftPushAsync(_queue.Keys.Ready, envelope);
            }
        }
        catch (RedisServerException error) when (error.Message.StartsWith("OOM", StringComparison.Ordinal))
        {
            // Full.
        }
    }
}
