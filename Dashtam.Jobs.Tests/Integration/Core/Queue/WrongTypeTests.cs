using Dashtam.Jobs.Core.Queue;
using Dashtam.Jobs.Core.Queue.DeadLetters;
using Dashtam.Jobs.Core.Queue.Producing;
using Dashtam.Jobs.Core.Wire;
using Dashtam.Jobs.Tests.Support;
using NUnit.Framework;
using StackExchange.Redis;

namespace Dashtam.Jobs.Tests.Integration.Core.Queue;

/// <summary>
/// A result stands where the queue keeps something else, as the Python service writes it for a task id that names one of the
/// queue's keys. A script that needs that key says so before it moves anything; one that only counts there goes on.
/// </summary>
[Category("Integration")]
[OnEachServer]
internal sealed class WrongTypeTests
{
    private const string Worker = "w";
    private static readonly DeadLetter Letter = new(
        DeadLetterReason.Failed, "it failed", "run_probe", TaskId: null, Attempts: 1, Result: null);

    private TestQueue _queue = null!;

    [SetUp]
    public async Task SetUp() => _queue = await TestQueue.CreateAsync(new QueueOptions { MaxEnvelopeBytes = 2_000, ParkSeconds = 0 });

    [TearDown]
    public async Task TearDown() => await _queue.DisposeAsync();

    [TestCase("dead")]
    [TestCase("dead:entries")]
    [TestCase("dead:bytes")]
    [TestCase("seq")]
    public async Task A_job_that_cannot_become_a_dead_letter_stays_held(string key)
    {
        var held = await _queue.HoldAsync(Worker, "1"u8.ToArray());
        await PlantAsync(key);

        Refuses(key, () => _queue.Jobs.DeadLetterAsync(held[0], Letter, CancellationToken.None));

        Assert.That(await _queue.ProcessingAsync(Worker), Is.EqualTo(1));
    }

    [TestCase("dead:entries")]
    [TestCase("dead:bytes")]
    public async Task A_parked_job_that_cannot_become_a_dead_letter_stays_parked(string key)
    {
        var held = await _queue.HoldAsync(Worker, "1"u8.ToArray());
        await _queue.Jobs.ParkAsync(held[0], CancellationToken.None);
        var (member, _) = (await _queue.Parked.ListAsync(0, skip: 0, take: 1, CancellationToken.None)).Single();
        await PlantAsync(key);

        Refuses(key, () => _queue.Parked.ExpireAsync(member, Letter, CancellationToken.None));

        Assert.That(await _queue.Queue.SortedSetLengthAsync(_queue.Keys.Parked), Is.EqualTo(1));
    }

    [TestCase("delayed")]
    [TestCase("seq")]
    public async Task A_job_whose_next_attempt_cannot_be_kept_stays_held(string key)
    {
        var held = await _queue.HoldAsync(Worker, "1"u8.ToArray());
        await PlantAsync(key);

        Refuses(key, () => _queue.Jobs.RetryAsync(held[0], "run_probe", "2"u8.ToArray(), TimeSpan.Zero, CancellationToken.None));

        Assert.That(await _queue.ProcessingAsync(Worker), Is.EqualTo(1));
    }

    [TestCase("parked")]
    [TestCase("seq")]
    public async Task A_job_that_cannot_be_parked_stays_held(string key)
    {
        var held = await _queue.HoldAsync(Worker, "1"u8.ToArray());
        await PlantAsync(key);

        Refuses(key, () => _queue.Jobs.ParkAsync(held[0], CancellationToken.None));

        Assert.That(await _queue.ProcessingAsync(Worker), Is.EqualTo(1));
    }

    [TestCase("suspects")]
    [TestCase("isolated")]
    [TestCase("departed")]
    public async Task A_dead_worker_stays_registered_with_its_jobs_until_they_can_be_recovered(string key)
    {
        await _queue.HoldAsync(Worker, "1"u8.ToArray());
        await _queue.LetLeaseRunOutAsync(Worker);
        await PlantAsync(key);

        Refuses(key, () => _queue.TryRecoverAsync(Worker));

        Assert.That(await _queue.ProcessingAsync(Worker), Is.EqualTo(1));
        Assert.That(await _queue.Queue.SortedSetScoreAsync(_queue.Keys.Workers, Worker), Is.Not.Null);
    }

    [TestCase("delayed")]
    [TestCase("seq")]
    public async Task An_enqueue_that_is_refused_can_be_tried_again(string key)
    {
        await PlantAsync(key);
        var envelope = new JobEnvelope { TaskId = "id-1", TaskName = "run_probe" };
        var later = new EnqueueOptions { Delay = TimeSpan.FromMinutes(1) };

        Assert.That(
            () => _queue.Producer.EnqueueAsync(envelope, later, CancellationToken.None), Throws.InstanceOf<EnqueueException>());

        Assert.That(await _queue.Queue.KeyExistsAsync(_queue.Keys.OnceById("id-1")), Is.False);
    }

    [Test]
    public async Task A_fetch_that_finds_a_large_envelope_and_no_place_for_it_hands_it_out_with_its_neighbours()
    {
        await _queue.RegisterAsync(Worker);
        await _queue.PushAsync("1"u8.ToArray(), new byte[2_001], "3"u8.ToArray());
        await PlantAsync("dead:bytes");

        var batch = await _queue.FetchBatchAsync(Worker, 10);

        Assert.That((batch.Deliveries.Count, batch.TooLarge), Is.EqualTo((3, 0)));
        Assert.That(await _queue.ProcessingAsync(Worker), Is.EqualTo(3));
    }

    [Test]
    public async Task A_large_envelope_for_which_there_is_no_place_is_recovered_like_the_others()
    {
        await _queue.HoldAsync(Worker, "1"u8.ToArray());
        await _queue.Queue.ListLeftPushAsync(_queue.Keys.Processing(Worker), new byte[2_001]);
        await PlantAsync("dead:bytes");

        Assert.That(await _queue.RecoverAsync(Worker), Is.EqualTo(2));
        Assert.That(await _queue.ReadyAsync(), Is.EqualTo(2));
    }

    [Test]
    public async Task A_suspect_waits_until_its_count_can_be_read_and_holds_up_nobody()
    {
        await _queue.RegisterAsync(Worker);
        await _queue.Queue.ListLeftPushAsync(_queue.Keys.Isolated, "suspect");
        await _queue.PushAsync("1"u8.ToArray());
        await PlantAsync("suspects");

        Assert.That(await _queue.FetchAsync(Worker, 10), Has.Count.EqualTo(1));
        Assert.That(await _queue.Queue.ListLengthAsync(_queue.Keys.Isolated), Is.EqualTo(1));
    }

    [Test]
    public async Task A_departed_worker_whose_list_is_none_hides_no_other()
    {
        foreach (var worker in new[] { "odd", "dead" })
        {
            await _queue.RegisterAsync(worker);
            await _queue.LetLeaseRunOutAsync(worker);
        }

        await _queue.Registry.DepartAsync("odd", CancellationToken.None);
        await PlantAsync("processing:odd");

        Assert.That(
            await _queue.Registry.FindOrphanedAsync(CancellationToken.None), Is.EquivalentTo(new[] { "dead", "odd" }));
    }

    [Test]
    public async Task Jobs_end_also_when_nothing_can_be_counted()
    {
        var held = await _queue.HoldAsync(Worker, "1"u8.ToArray(), "2"u8.ToArray(), "3"u8.ToArray(), "4"u8.ToArray());
        await PlantAsync("stats:jobs");
        await PlantAsync("suspects");

        Settlement[] settlements =
        [
            await _queue.Jobs.FinishAsync(held[0], "id", "run_probe", "{}"u8.ToArray(), CancellationToken.None),
            await _queue.Jobs.RetryAsync(held[1], "run_probe", "2b"u8.ToArray(), TimeSpan.Zero, CancellationToken.None),
            await _queue.Jobs.DeadLetterAsync(held[2], Letter, CancellationToken.None),
            await _queue.Jobs.GiveBackAsync(held[3], CancellationToken.None),
        ];

        Assert.That(settlements, Is.All.EqualTo(Settlement.Done));
        Assert.That(_queue.Renew(Worker).Alive, Is.True, "and the lease goes on");
        Assert.That(await _queue.ProcessingAsync(Worker), Is.Zero);
        Assert.That(await _queue.ReadyAsync(), Is.EqualTo(1));
        Assert.That(await _queue.Queue.SortedSetLengthAsync(_queue.Keys.Delayed), Is.EqualTo(1));
    }

    [Test]
    public async Task Jobs_end_also_when_something_else_stands_where_their_results_go()
    {
        var held = await _queue.HoldAsync(Worker, "1"u8.ToArray(), "2"u8.ToArray(), "3"u8.ToArray());
        await _queue.Queue.SortedSetAddAsync(_queue.Keys.Result("id"), "a job", 1);
        var letter = Letter with { TaskId = "id", Result = "{}"u8.ToArray() };

        Settlement[] settlements =
        [
            await _queue.Jobs.FinishAsync(held[0], "id", "run_probe", "{}"u8.ToArray(), CancellationToken.None),
            await _queue.Jobs.FinishAsync(held[1], "free", "run_probe", "{}"u8.ToArray(), CancellationToken.None),
            await _queue.Jobs.DeadLetterAsync(held[2], letter, CancellationToken.None),
        ];

        Assert.That(
            settlements, Is.EqualTo(new[] { Settlement.DoneWithoutResult, Settlement.Done, Settlement.DoneWithoutResult }));
        Assert.That(await _queue.ProcessingAsync(Worker), Is.Zero);
        Assert.That((int)await _queue.Queue.HashGetAsync(_queue.Keys.Stats, "run_probe:succeeded"), Is.EqualTo(2));
        Assert.That(await _queue.Queue.SortedSetLengthAsync(_queue.Keys.Dead), Is.EqualTo(1));
        Assert.That(await _queue.Queue.KeyTypeAsync(_queue.Keys.Result("id")), Is.EqualTo(RedisType.SortedSet));
    }

    [Test]
    public async Task A_parked_job_expires_also_when_something_else_stands_where_its_result_goes()
    {
        var held = await _queue.HoldAsync(Worker, "1"u8.ToArray());
        await _queue.Jobs.ParkAsync(held[0], CancellationToken.None);
        var (member, _) = (await _queue.Parked.ListAsync(0, skip: 0, take: 1, CancellationToken.None)).Single();
        await _queue.Queue.ListLeftPushAsync(_queue.Keys.Result("id"), "a job");

        var expired = await _queue.Parked.ExpireAsync(
            member, Letter with { TaskId = "id", Result = "{}"u8.ToArray() }, CancellationToken.None);

        Assert.That(expired, Is.True);
        Assert.That(await _queue.Queue.SortedSetLengthAsync(_queue.Keys.Dead), Is.EqualTo(1));
        Assert.That(await _queue.Queue.ListLengthAsync(_queue.Keys.Result("id")), Is.EqualTo(1));
    }

    private Task PlantAsync(string key) => _queue.Queue.StringSetAsync(_queue.Own(key), """{"is_err":false}""");

    private void Refuses(string key, Func<Task> call) => Assert.That(
        () => call(), Throws.InstanceOf<RedisServerException>().With.Message.Contains("WRONGTYPE").And.Message.Contains(_queue.Own(key).ToString()));
}
