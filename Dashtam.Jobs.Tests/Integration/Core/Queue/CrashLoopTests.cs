using System.Text;
using Dashtam.Jobs.Core.Queue;
using Dashtam.Jobs.Tests.Support;
using NUnit.Framework;

namespace Dashtam.Jobs.Tests.Integration.Core.Queue;

/// <summary>A job that takes its worker down takes no neighbour with it for long.</summary>
[Category("Integration")]
[OnEachServer]
internal sealed class CrashLoopTests
{
    private TestQueue _queue = null!;
    private int _workers;

    [SetUp]
    public async Task SetUp() => _queue = await TestQueue.CreateAsync();

    [TearDown]
    public async Task TearDown() => await _queue.DisposeAsync();

    [Test]
    public async Task What_recovery_moved_once_runs_beside_others_and_what_it_moved_twice_runs_alone()
    {
        await _queue.PushAsync("poison"u8.ToArray(), "good"u8.ToArray());

        var first = await CrashAsync(wanted: 10);
        var second = await CrashAsync(wanted: 10);
        var third = await CrashAsync(wanted: 10);

        Assert.That(first.Code, Is.EqualTo(FetchCode.Run));
        Assert.That(second.Code, Is.EqualTo(FetchCode.Run));
        Assert.That(second.Deliveries, Has.Count.EqualTo(2));
        Assert.That(third.Code, Is.EqualTo(FetchCode.RunAlone));
        Assert.That(third.Deliveries, Has.Count.EqualTo(1));
        Assert.That(third.Deliveries[0], Has.Property("Moves").EqualTo(2).And.Property("DeathsAlone").Zero);
    }

    [Test]
    public async Task Each_death_that_it_died_alone_is_counted_and_none_that_it_shared()
    {
        await _queue.PushAsync("poison"u8.ToArray());
        await CrashAsync(wanted: 10);
        await CrashAsync(wanted: 10);

        var deaths = new List<int>();
        for (var time = 0; time < 4; time++)
        {
            deaths.Add((await CrashAsync(wanted: 1)).Deliveries[0].DeathsAlone);
        }

        Assert.That(deaths, Is.EqualTo(new[] { 0, 1, 2, 3 }));
    }

    [Test]
    public async Task A_suspect_waits_while_its_worker_holds_something_else_and_the_worker_lets_that_end()
    {
        await IsolateAsync("suspect");
        await _queue.RegisterAsync("busy");
        await _queue.Queue.ListLeftPushAsync(_queue.Keys.Processing("busy"), "long job");
        await _queue.PushAsync("more work"u8.ToArray());

        var whileBusy = await _queue.FetchBatchAsync("busy", 10);
        await _queue.Queue.KeyDeleteAsync(_queue.Keys.Processing("busy"));
        var whenIdle = await _queue.FetchBatchAsync("busy", 10);

        Assert.That((whileBusy.Code, whileBusy.Deliveries.Count), Is.EqualTo((FetchCode.LetEnd, 0)));
        Assert.That(Text(whenIdle.Deliveries.Single()), Is.EqualTo("suspect"));
        Assert.That(await _queue.Queue.KeyExistsAsync(_queue.Keys.Alone), Is.False, "the claim ends with it");
    }

    [Test]
    public async Task One_worker_at_a_time_lets_its_jobs_end_and_the_others_go_on()
    {
        await IsolateAsync("suspect");
        foreach (var worker in new[] { "one", "two" })
        {
            await _queue.RegisterAsync(worker);
            await _queue.Queue.ListLeftPushAsync(_queue.Keys.Processing(worker), $"job of {worker}");
        }

        await _queue.PushAsync("more work"u8.ToArray());

        var one = await _queue.FetchBatchAsync("one", 10);
        var two = await _queue.FetchBatchAsync("two", 10);

        Assert.That(one.Code, Is.EqualTo(FetchCode.LetEnd));
        Assert.That(Text(two.Deliveries.Single()), Is.EqualTo("more work"));
        Assert.That(await _queue.Queue.KeyTimeToLiveAsync(_queue.Keys.Alone), Is.Not.Null, "a claim of who died ends by itself");
    }

    [Test]
    public async Task An_idle_worker_takes_a_suspect_at_once_whoever_claims_to_make_room()
    {
        await IsolateAsync("suspect");
        await _queue.Queue.StringSetAsync(_queue.Keys.Alone, "somebody else", TimeSpan.FromMinutes(1));
        await _queue.RegisterAsync("idle");

        var batch = await _queue.FetchBatchAsync("idle", 10);

        Assert.That(batch.Code, Is.EqualTo(FetchCode.RunAlone));
        Assert.That((string?)await _queue.Queue.StringGetAsync(_queue.Keys.Alone), Is.EqualTo("somebody else"));
    }

    [Test]
    public async Task A_worker_with_an_abandoned_handler_takes_none()
    {
        await IsolateAsync("suspect");
        await _queue.RegisterAsync("w");

        var batch = await _queue.FetchBatchAsync("w", 10, mayRunAlone: false);

        Assert.That((batch.Code, batch.Deliveries.Count), Is.EqualTo((FetchCode.Run, 0)));
    }

    /// <summary>A worker fetches and dies.</summary>
    private async Task<FetchedBatch> CrashAsync(int wanted)
    {
        var worker = $"w{++_workers}";
        await _queue.RegisterAsync(worker);
        var batch = await _queue.FetchBatchAsync(worker, wanted);
        await _queue.RecoverAsync(worker);
        return batch;
    }

    private async Task IsolateAsync(string envelope)
    {
        await _queue.PushAsync(Encoding.UTF8.GetBytes(envelope));
        await CrashAsync(wanted: 1);
        await CrashAsync(wanted: 1);
    }

    private static string Text(Delivery delivery) => Encoding.UTF8.GetString(delivery.Envelope);
}
