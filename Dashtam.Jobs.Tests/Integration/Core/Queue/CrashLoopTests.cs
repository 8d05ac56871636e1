using System.Text;
using Dashtam.Jobs.Core.Queue;
using Dashtam.Jobs.Core.Queue.DeadLetters;
using Dashtam.Jobs.Core.Queue.Fetching;
using Dashtam.Jobs.Tests.Support;
using NUnit.Framework;
using StackExchange.Redis;

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
    public async Task Six_jobs_that_hang_for_ever_end_as_dead_letters_after_a_bounded_number_of_recycles()
    {
        await _queue.PushAsync([.. Enumerable.Range(0, 6).Select(number => Encoding.UTF8.GetBytes($"hangs {number}"))]);

        var recycles = 0;
        while (recycles < 100 && await HangAsync())
        {
            recycles++;
        }

        Assert.That(recycles, Is.EqualTo(2 + (6 * _queue.Options.MaxDeliveries)), "two beside each other, and each alone");
        Assert.That(await _queue.Queue.SortedSetLengthAsync(_queue.Keys.Dead), Is.EqualTo(6));
        Assert.That((await QueueBooks.ReadAsync(_queue)).IsAtRest, Is.True);
        Assert.That(await _queue.Queue.KeyExistsAsync(_queue.Keys.Suspects), Is.False, "counts go with their jobs");
    }

    [Test]
    public async Task A_recycle_counts_a_job_once_however_many_of_its_runs_hang_and_none_that_has_ended()
    {
        var first = (await _queue.HoldAsync("w", "job"u8.ToArray()))[0];
        var second = await HangAsync(first, "again");
        var third = await HangAsync(second, "and again");

        var counted = await RecycleAsync("again", "and again");
        await _queue.Jobs.FinishAsync(third, "id", "job", "{}"u8.ToArray(), CancellationToken.None);
        var later = await RecycleAsync("again", "and again");

        Assert.That((counted, later), Is.EqualTo((1, 0)));
        Assert.That(await _queue.Queue.KeyExistsAsync(_queue.Keys.Suspects), Is.False);
    }

    [Test]
    public async Task Recycles_beside_others_never_count_as_deaths_alone()
    {
        var delivery = (await _queue.HoldAsync("w", "job"u8.ToArray()))[0];
        await _queue.Jobs.RetryAsync(
            delivery, "job", "next"u8.ToArray(), TimeSpan.Zero, CancellationToken.None, hangs: true);

        for (var time = 0; time < 5; time++)
        {
            await RecycleAsync("next");
        }

        var alone = await _queue.FetchBatchAsync("w", 10);
        Assert.That(alone.Code, Is.EqualTo(FetchCode.RunAlone));
        Assert.That(alone.Deliveries.Single().DeathsAlone, Is.Zero);
    }

    [Test]
    public async Task What_hanging_handlers_give_back_keeps_its_count_and_runs_alone_when_that_is_two()
    {
        var held = await _queue.HoldAsync("w", "suspect"u8.ToArray(), "once moved"u8.ToArray(), "good"u8.ToArray());
        await _queue.Queue.HashSetAsync(_queue.Keys.Suspects, EnvelopeHash.Of("suspect"u8.ToArray()), 2);
        await _queue.Queue.HashSetAsync(_queue.Keys.Suspects, EnvelopeHash.Of("once moved"u8.ToArray()), 1);

        foreach (var delivery in held)
        {
            await _queue.Jobs.GiveBackAsync(delivery, CancellationToken.None, hangs: true);
        }

        Assert.That(await ListAsync(_queue.Keys.Isolated), Is.EqualTo(["suspect"]));
        Assert.That(await ListAsync(_queue.Keys.Ready), Is.EqualTo(["once moved", "good"]));
        Assert.That(await _queue.Queue.HashLengthAsync(_queue.Keys.Suspects), Is.EqualTo(2));
    }

    /// <summary>A worker whose every handler hangs, until it ends itself; false: there was nothing to do, or nothing to be run any more.</summary>
    private async Task<bool> HangAsync()
    {
        var worker = $"hanging-{++_workers}";
        await _queue.RegisterAsync(worker);
        var fetched = await _queue.FetchBatchAsync(worker, 10);
        var hanging = new List<HangingJob>();
        foreach (var delivery in fetched.Deliveries)
        {
            if (delivery.DeathsAlone >= _queue.Options.MaxDeliveries)
            {
                var letter = new DeadLetter(DeadLetterReason.CrashLoop, "it hangs", "job", TaskId: null, Attempts: 0, Result: null);
                await _queue.Jobs.DeadLetterAsync(delivery, letter, CancellationToken.None);
                return await HangAsync();
            }

            byte[] next = [.. delivery.Envelope, (byte)'+'];
            await _queue.Jobs.RetryAsync(
                delivery, "job", next, TimeSpan.Zero, CancellationToken.None, hangs: true);
            hanging.Add(new HangingJob(EnvelopeHash.Of(next), fetched.Code == FetchCode.RunAlone));
        }

        await _queue.Jobs.CountRecycledAsync(hanging, CancellationToken.None);
        await _queue.Registry.DepartAsync(worker, CancellationToken.None);
        return hanging.Count > 0;
    }

    /// <summary>The next attempt of a job whose handler hangs, in the hands of the same worker.</summary>
    private async Task<Delivery> HangAsync(Delivery delivery, string next)
    {
        await _queue.Jobs.RetryAsync(
            delivery, "job", Encoding.UTF8.GetBytes(next), TimeSpan.Zero, CancellationToken.None, hangs: true);
        return (await _queue.FetchAsync("w", 1)).Single();
    }

    private async Task<string?[]> ListAsync(RedisKey key) =>
        Array.ConvertAll(await _queue.Queue.ListRangeAsync(key), value => (string?)value);

    private Task<int> RecycleAsync(params string[] next) => _queue.Jobs.CountRecycledAsync(
        [.. next.Select(envelope => new HangingJob(EnvelopeHash.Of(Encoding.UTF8.GetBytes(envelope)), Alone: false))], CancellationToken.None);

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
