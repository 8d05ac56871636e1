using System.Collections.Concurrent;
using System.Globalization;
using Dashtam.Jobs.Core.Queue;
using Dashtam.Jobs.Core.Queue.Producing;
using Dashtam.Jobs.Core.Wire;
using Dashtam.Jobs.Tests.Support;
using NUnit.Framework;
using StackExchange.Redis;

namespace Dashtam.Jobs.Tests.Integration.Core.Queue.Producing;

[Category("Integration")]
[OnEachServer]
[CancelAfter(60_000)]
internal sealed class BulkEnqueueTests
{
    private TestQueue _queue = null!;

    [SetUp]
    public async Task SetUp() => _queue = await TestQueue.CreateAsync();

    [TearDown]
    public async Task TearDown() => await _queue.DisposeAsync();

    [Test]
    public async Task The_first_given_is_fetched_first_over_all_chunks()
    {
        await _queue.RegisterAsync("w");

        var result = await EnqueueAsync(Jobs(1_203));
        var fetched = await _queue.FetchAsync("w", 2_000);

        Assert.That(fetched.Select(delivery => delivery.Envelope), Is.EqualTo(Jobs(1_203).Select(job => job.ToUtf8())));
        Assert.That(result.Enqueued, Is.EqualTo(Jobs(1_203).Select(job => job.TaskId)));
    }

    [Test]
    public async Task What_was_enqueued_before_or_earlier_in_the_call_is_told_and_not_enqueued_again()
    {
        await _queue.Producer.EnqueueAsync(Job("b"), EnqueueOptions.Default, CancellationToken.None);

        var result = await EnqueueAsync([Job("a"), Job("b"), Job("c"), Job("a")]);
        var again = await EnqueueAsync([Job("a"), Job("d")]);
        var single = await _queue.Producer.EnqueueAsync(Job("d"), EnqueueOptions.Default, CancellationToken.None);

        Assert.That(result.Enqueued, Is.EqualTo(new[] { "a", "c" }));
        Assert.That(result.Duplicates, Is.EqualTo(new[] { "b", "a" }));
        Assert.That((again.Enqueued[0], again.Duplicates[0], single), Is.EqualTo(("d", "a", false)));
        Assert.That(await _queue.ReadyAsync(), Is.EqualTo(4));
    }

    [Test]
    public async Task Once_keys_expire()
    {
        await EnqueueAsync([Job("a"), Job("b")]);

        var ttl = await _queue.Queue.KeyTimeToLiveAsync(_queue.Keys.OnceById("b"));
        Assert.That(ttl, Is.EqualTo(TimeSpan.FromSeconds(_queue.Options.EnqueueOnceSeconds)).Within(TimeSpan.FromSeconds(60)));
    }

    [Test]
    public async Task Delayed_jobs_are_due_at_about_one_time_and_wake_workers_once_a_chunk_at_most()
    {
        var woken = new ConcurrentQueue<long>();
        await _queue.Queue.Multiplexer.GetSubscriber().SubscribeAsync(
            RedisChannel.Literal(_queue.Keys.WakeChannel), (_, message) => woken.Enqueue((long)message));
        await EnqueueAsync([Job("before")], TimeSpan.FromMinutes(30));

        var result = await EnqueueAsync(Jobs(1_203), TimeSpan.FromMinutes(5));
        var again = await EnqueueAsync(Jobs(3), TimeSpan.FromMinutes(1));
        await EnqueueAsync([Job("last")], TimeSpan.FromSeconds(1)); // messages of one channel keep their order
        await Eventually.HoldsAsync(() => woken.Any(delay => delay <= 1_000));

        var due = await _queue.Queue.SortedSetRangeByRankWithScoresAsync(_queue.Keys.Delayed, 1, -2);
        Assert.That(due, Has.Length.EqualTo(1_203));
        Assert.That(due[^1].Score - due[0].Score, Is.LessThan(60_000));
        Assert.That((result.Enqueued.Count, again.Duplicates.Count), Is.EqualTo((1_203, 3)));
        Assert.That(woken.Count(delay => delay > 60_000 && delay <= 300_000), Is.InRange(1, 3), "once a chunk at most");
        Assert.That(woken, Has.None.InRange(1_001L, 60_000L), "duplicates wake nobody");
        Assert.That(await _queue.ReadyAsync(), Is.Zero);
    }

    [Test]
    public async Task What_is_not_durable_is_in_the_queue_and_told_apart_from_what_is_not()
    {
        _queue.Durability.WaitMs = 50; // there is no replica
        var options = new EnqueueOptions { Durability = Durability.Replicated(1) };
        var many = 500 * (BulkEnqueue.MostInFlight + 4);

        var error = (await Assert.ThrowsAsync<BulkEnqueueException>(
            () => _queue.Producer.EnqueueManyAsync(Jobs(many), options, CancellationToken.None)))!;

        Assert.That(error.InnerException, Is.InstanceOf<DurabilityNotReachedException>());
        Assert.That(error.NotDurable, Has.Count.GreaterThanOrEqualTo(500).And.Count.EqualTo(await _queue.ReadyAsync()));
        Assert.That(error.NotEnqueued, Has.Count.EqualTo(many - error.NotDurable.Count).And.Not.Empty);
    }

    [Test]
    public void A_negative_delay_is_refused() => Assert.That(
        () => EnqueueAsync([Job("a")], TimeSpan.FromSeconds(-1)), Throws.InstanceOf<ArgumentOutOfRangeException>());

    [Test]
    public async Task What_is_cancelled_before_it_was_sent_is_not_in_the_queue()
    {
        Assert.That(
            () => _queue.Producer.EnqueueManyAsync([Job("a")], EnqueueOptions.Default, new CancellationToken(canceled: true)),
            Throws.InstanceOf<OperationCanceledException>());

        Assert.That(await _queue.ReadyAsync(), Is.Zero);
    }

    private Task<BulkEnqueueResult> EnqueueAsync(IReadOnlyCollection<JobEnvelope> jobs, TimeSpan delay = default) =>
        _queue.Producer.EnqueueManyAsync(jobs, new EnqueueOptions { Delay = delay }, CancellationToken.None);

    private static JobEnvelope[] Jobs(int count) =>
        [.. Enumerable.Range(0, count).Select(n => Job(n.ToString(CultureInfo.InvariantCulture)))];

    private static JobEnvelope Job(string id) => new() { TaskId = id, TaskName = "run_canary" };
}
