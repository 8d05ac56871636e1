using System.Diagnostics;
using Dashtam.Jobs.Core.Execution;
using Dashtam.Jobs.Core.Queue;
using Dashtam.Jobs.Core.Queue.Fetching;
using Dashtam.Jobs.Tests.Support;
using NUnit.Framework;
using StackExchange.Redis;

namespace Dashtam.Jobs.Tests.Integration.Worker.Running;

[Category("Integration")]
[OnEachServer]
internal sealed class ReadAheadTests
{
    private TestQueue _queue = null!;

    [SetUp]
    public async Task SetUp()
    {
        _queue = await TestQueue.CreateAsync();
        await _queue.RegisterAsync("w");
    }

    [TearDown]
    public async Task TearDown() => await _queue.DisposeAsync();

    [Test]
    public async Task What_is_read_ahead_follows_what_starts_at_once_in_order()
    {
        await PushAsync(100);

        var fetched = await FetchAsync(slots: 2, ahead: 10);

        Assert.That(fetched.Select(Number), Is.EqualTo(Enumerable.Range(0, 12)));
        Assert.That(
            (await _queue.Jobs.ListAsync("w", CancellationToken.None)).Select(Number),
            Is.EqualTo(Enumerable.Range(0, 12).Reverse()));
    }

    [Test]
    public async Task As_many_are_left_for_others_as_are_read_ahead()
    {
        await PushAsync(22);

        Assert.That(await FetchAsync(slots: 2, ahead: 1_000), Has.Count.EqualTo(12));
        Assert.That(await _queue.ReadyAsync(), Is.EqualTo(10));
    }

    [Test]
    public async Task No_more_is_read_ahead_than_a_reply_should_hold()
    {
        await _queue.PushAsync([.. Enumerable.Range(0, 500).Select(_ => new byte[100_000])]);

        Assert.That(await FetchAsync(slots: 1, ahead: 200), Has.Count.InRange(3, 1 + 8));
    }

    [Test]
    public async Task What_is_handed_back_is_fetched_first_and_in_its_old_order()
    {
        await PushAsync(20);
        var fetched = await FetchAsync(slots: 4, ahead: 6);

        var answer = await _queue.Jobs.HandBackAsync("w", Envelopes(fetched.Skip(4)), CancellationToken.None);

        Assert.That(answer, Is.EqualTo(Settlement.Done));
        Assert.That((await FetchAsync(slots: 20, ahead: 0)).Select(Number), Is.EqualTo(Enumerable.Range(4, 16)));
    }

    [Test]
    public async Task What_was_handed_back_before_is_passed_over()
    {
        await PushAsync(3);
        var fetched = await FetchAsync(slots: 3, ahead: 0);
        await _queue.Jobs.HandBackAsync("w", Envelopes(fetched), CancellationToken.None);

        var answer = await _queue.Jobs.HandBackAsync("w", Envelopes(fetched), CancellationToken.None);

        Assert.That(answer, Is.EqualTo(Settlement.Done));
        Assert.That(await _queue.ReadyAsync(), Is.EqualTo(3));
    }

    [Test]
    public async Task A_worker_that_was_recovered_hands_nothing_back()
    {
        await PushAsync(3);
        var fetched = await FetchAsync(slots: 3, ahead: 0);
        await _queue.LetLeaseRunOutAsync("w");
        await _queue.TryRecoverAsync("w");

        var answer = await _queue.Jobs.HandBackAsync("w", Envelopes(fetched), CancellationToken.None);

        Assert.That(answer, Is.EqualTo(Settlement.Fenced));
        Assert.That(await _queue.ReadyAsync(), Is.EqualTo(3));
    }

    [Test]
    public async Task How_often_recovery_moved_a_job_stays_counted()
    {
        var envelope = (await _queue.HoldAsync("dead", "job"u8.ToArray()))[0].Envelope;
        await _queue.LetLeaseRunOutAsync("dead");
        await _queue.TryRecoverAsync("dead");
        await FetchAsync(slots: 1, ahead: 0);

        await _queue.Jobs.HandBackAsync("w", [envelope], CancellationToken.None);

        Assert.That(await _queue.Jobs.MovesAsync(envelope, CancellationToken.None), Is.EqualTo(1));
    }

    /// <summary>
    /// A worker whose only slot is taken by a job that turned out to be long, and an idle one. The machine may stand still for a
    /// moment, but not five times.
    /// </summary>
    [Test]
    [Retry(5)]
    public async Task A_job_that_was_read_ahead_starts_elsewhere_within_50_ms_when_the_slot_stays_taken()
    {
        using var busy = new WorkerBench(_queue.Jobs, TimeProvider.System);
        var release = new TaskCompletionSource<JobSummary>();
        busy.Execution.Probe.Code = (_, _) => release.Task;
        await _queue.PushAsync([.. Enumerable.Range(0, 20).Select(_ => WorkerBench.Envelope())]);
        await _queue.RegisterAsync("idle");
        await using var idle = await ConnectionMultiplexer.ConnectAsync(_queue.Queue.Multiplexer.Configuration);
        var fetched = await FetchAsync(slots: 20, ahead: 0);
        busy.Slots.Take(int.MaxValue);
        busy.Runs.Start(fetched[0]);

        var clock = Stopwatch.StartNew();
        foreach (var delivery in fetched.Skip(1))
        {
            busy.Runs.KeepAhead(delivery);
        }

        var first = (byte[]?)await idle.GetDatabase().ExecuteAsync(
            "BLMOVE", _queue.Keys.Ready, _queue.Keys.Processing("idle"), "RIGHT", "LEFT", 4);
        var waited = clock.Elapsed;
        release.SetResult(new JobSummary(0, 0, 0));

        Assert.That(first, Is.EqualTo(fetched[1].Envelope));
        Assert.That(await _queue.ReadyAsync(), Is.EqualTo(18), "all of them went back");
        Assert.That(waited, Is.LessThan(TimeSpan.FromMilliseconds(50)));
    }

    private static int Number(Delivery delivery) => Number(delivery.Envelope);

    private static int Number(byte[] envelope) => BitConverter.ToInt32(envelope);

    private static byte[][] Envelopes(IEnumerable<Delivery> deliveries) => [.. deliveries.Select(delivery => delivery.Envelope)];

    private Task PushAsync(int count) => _queue.PushAsync([.. Enumerable.Range(0, count).Select(BitConverter.GetBytes)]);

    private async Task<IReadOnlyList<Delivery>> FetchAsync(int slots, int ahead) =>
        (await _queue.Jobs.FetchAsync("w", new FetchRequest(slots, ahead), CancellationToken.None)).Deliveries;
}
