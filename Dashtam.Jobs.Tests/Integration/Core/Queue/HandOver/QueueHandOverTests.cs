using System.Text;
using Dashtam.Jobs.Core.Queue;
using Dashtam.Jobs.Core.Queue.DeadLetters;
using Dashtam.Jobs.Core.Queue.HandOver;
using Dashtam.Jobs.Core.Queue.Leases;
using Dashtam.Jobs.Tests.Support;
using NUnit.Framework;
using StackExchange.Redis;

namespace Dashtam.Jobs.Tests.Integration.Core.Queue.HandOver;

/// <summary>A queue goes back to Python: nothing is lost, nothing is doubled, and nothing is taken from a worker that lives.</summary>
[Category("Integration")]
[OnEachServer]
[CancelAfter(60_000)]
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal sealed class QueueHandOverTests : IAsyncDisposable
{
    private TestQueue _queue = null!;
    private HandOverBench _bench = null!;

    [SetUp]
    public async Task SetUp()
    {
        _queue = await TestQueue.CreateAsync();
        _bench = new HandOverBench(_queue);
    }

    public ValueTask DisposeAsync() => _queue.DisposeAsync();

    [Test]
    public async Task What_Python_cannot_see_becomes_ready_and_what_was_begun_first_is_taken_first()
    {
        await _bench.FillAsync();

        var report = await _bench.MoveAsync();

        Assert.That(await _bench.TakenAsync(), Is.EqualTo(
            new[] { "held-3", "held-1", "held-2", "parked-1", "parked-2", "isolated", "ready" }));
        Assert.That(report.IsDone, Is.True);
        Assert.That(report.Places.Sum(place => place.Moved), Is.EqualTo(6));
        Assert.That(report.Ready, Is.EqualTo(1));
        Assert.That((await new FsckBench(_queue, new LeaseOptions()).RunAsync()).Findings, Is.Empty);
    }

    [Test]
    public async Task A_dry_run_says_what_would_be_moved_and_moves_nothing()
    {
        await _bench.FillAsync();

        var report = await _bench.LookAsync();

        Assert.That(await _bench.TakenAsync(), Is.EqualTo(new[] { "ready" }));
        Assert.That(report.IsDone, Is.False);
        Assert.That(
            report.Places.Select(place => (place.Name, place.Found, place.Moved)),
            Is.EqualTo(new[] { ("isolated", 1L, 0L), ("parked", 2L, 0L), ("held", 2L, 0L), ("held", 1L, 0L) }));
        Assert.That(report.Names, Is.EqualTo(new[] { new NamedJobs(HandOverBench.Tokens, 7, PythonView.Runs) }));
    }

    [Test]
    public async Task A_queue_that_holds_nothing_back_is_done()
    {
        await _queue.PushAsync(HandOverBench.Envelope("ready"));

        Assert.That((await _bench.LookAsync()).IsDone, Is.True);
    }

    [Test]
    public async Task Delayed_jobs_stay_and_their_due_times_are_named_earliest_first()
    {
        var due = DateTimeOffset.FromUnixTimeMilliseconds(4_000_000_000_000);
        await _bench.DelayAsync("later", due.AddHours(1));
        await _bench.DelayAsync("sooner", due);
        await _queue.Queue.SortedSetAddAsync(_queue.Keys.Delayed, "9|no envelope", double.PositiveInfinity);

        var report = await _bench.MoveAsync();

        Assert.That(report.Delayed.Count, Is.EqualTo(3));
        Assert.That(report.Delayed.Earliest, Is.EqualTo(new[]
        {
            new DelayedJob(due, HandOverBench.Tokens, "sooner"),
            new DelayedJob(due.AddHours(1), HandOverBench.Tokens, "later"),
            new DelayedJob(Due: null, Name: null, TaskId: null),
        }));
        Assert.That(await _queue.ReadyAsync(), Is.Zero);
    }

    [Test]
    public async Task Of_many_delayed_jobs_the_hundred_that_are_due_first_are_named()
    {
        var due = DateTimeOffset.FromUnixTimeMilliseconds(4_000_000_000_000);
        await Task.WhenAll(Enumerable.Range(0, 150).Select(i => _bench.DelayAsync($"{i}", due.AddHours(149 - i))));

        var report = await _bench.LookAsync();

        Assert.That(report.Delayed.Count, Is.EqualTo(150));
        Assert.That(
            report.Delayed.Earliest.Select(job => job.Due), Is.EqualTo(Enumerable.Range(0, 100).Select(i => due.AddHours(i))));
    }

    [Test]
    public async Task Delayed_jobs_become_ready_when_asked_for()
    {
        await _bench.DelayAsync("later", DateTimeOffset.UtcNow.AddHours(2));
        await _bench.DelayAsync("sooner", DateTimeOffset.UtcNow.AddHours(1));

        var report = await _bench.MoveAsync(delayed: true);

        Assert.That(await _bench.TakenAsync(), Is.EqualTo(new[] { "sooner", "later" }));
        Assert.That(report.Delayed.Count, Is.Zero);
    }

    [Test]
    public async Task Dead_letters_stay()
    {
        var delivery = (await _queue.HoldAsync("worker", "no json"u8.ToArray())).Single();
        await _queue.Jobs.DeadLetterAsync(
            delivery, Rejections.Malformed(delivery.Envelope, "it is none"), CancellationToken.None);
        await _queue.LetLeaseRunOutAsync("worker");

        var report = await _bench.MoveAsync(delayed: true);

        Assert.That(report.DeadLetters, Is.EqualTo(1));
        Assert.That(await _queue.Queue.SortedSetLengthAsync(_queue.Keys.Dead), Is.EqualTo(1));
        Assert.That(await _queue.ReadyAsync(), Is.Zero);
    }

    [TestCase(false)]
    [TestCase(true)]
    public async Task While_a_worker_lives_it_is_named_and_nothing_is_moved(bool move)
    {
        await _bench.FillAsync();
        await _queue.RegisterAsync("living");

        Assert.That(
            () => _bench.HandOver.RunAsync(new HandOverOptions { Move = move }, CancellationToken.None),
            Throws.InstanceOf<WorkersAliveException>().With.Message.Contains("living").And.Message.Contains("Nothing was moved")
                .And.Message.Not.Contains("dead"));
        Assert.That(await _queue.ReadyAsync(), Is.EqualTo(1));
    }

    [TestCase("held")]
    [TestCase("parked")]
    public async Task A_worker_that_comes_while_jobs_are_moved_ends_that_at_once(string place)
    {
        await _bench.HoldAsync("gone", "held-1");
        await _bench.ParkAsync("parked-1");
        await _queue.RegisterAsync("living");
        var moves = new HandOverMoves(_queue.Queue, _queue.Keys, new LeaseOptions());
        var source = place == "held"
            ? new HandOverSource(place, _queue.Keys.Processing("gone"), IsList: true, "gone")
            : new HandOverSource(place, _queue.Keys.Parked, IsList: false);

        Assert.That(
            () => moves.DrainAsync(source, CancellationToken.None),
            Throws.InstanceOf<WorkersAliveException>().With.Property("Workers").EqualTo(new[] { "living" }));
        Assert.That(await _queue.ReadyAsync(), Is.Zero);
    }

    [Test]
    public async Task A_worker_that_had_only_slept_is_fenced()
    {
        var delivery = (await _queue.HoldAsync("asleep", HandOverBench.Envelope("held"))).Single();
        await _queue.LetLeaseRunOutAsync("asleep");
        await _bench.MoveAsync();

        var settlement = await _queue.Jobs.FinishAsync(delivery, "held", "run_canary", "{}"u8.ToArray(), CancellationToken.None);

        Assert.That(settlement, Is.EqualTo(Settlement.Fenced));
        Assert.That(await _bench.TakenAsync(), Is.EqualTo(new[] { "held" }));
        Assert.That(await _queue.Queue.SortedSetScoreAsync(_queue.Keys.Departed, "asleep"), Is.Not.Null);
    }

    [Test]
    public async Task How_often_recovery_moved_a_job_is_forgotten_with_it()
    {
        var envelope = HandOverBench.Envelope("suspect");
        await _queue.HoldAsync("first", envelope);
        await _queue.RecoverAsync("first");
        await _queue.RegisterAsync("second");
        await _queue.FetchAsync("second", 1);
        await _queue.RecoverAsync("second");
        Assert.That(await _queue.Queue.ListLengthAsync(_queue.Keys.Isolated), Is.EqualTo(1), "it is a suspect");

        await _bench.MoveAsync();

        Assert.That(await _bench.TakenAsync(), Is.EqualTo(new[] { "suspect" }));
        Assert.That(await _queue.Queue.HashLengthAsync(_queue.Keys.Suspects), Is.Zero);
    }

    [Test]
    public async Task More_jobs_than_one_script_moves_keep_their_order()
    {
        var ids = Enumerable.Range(0, 2_500).Select(i => $"{i:0000}").ToArray();
        await _queue.Queue.ListLeftPushAsync(
            _queue.Keys.Processing("gone"), Array.ConvertAll(ids, id => (RedisValue)HandOverBench.Envelope(id)));

        var report = await _bench.MoveAsync();

        Assert.That(report.Places.Single(place => place.Name == "held").Moved, Is.EqualTo(2_500));
        Assert.That(await _bench.TakenAsync(), Is.EqualTo(ids));
    }

    [Test]
    public async Task Large_jobs_are_moved_few_at_a_time_byte_for_byte()
    {
        var large = Enumerable.Range(0, 6).Select(i => Encoding.UTF8.GetBytes($"{i}" + new string('\u0141', 700_000))).ToArray();
        await _queue.Queue.ListLeftPushAsync(_queue.Keys.Processing("gone"), Array.ConvertAll(large, one => (RedisValue)one));

        await _bench.MoveAsync();

        Assert.That(
            (await _queue.Queue.ListRangeAsync(_queue.Keys.Ready)).Reverse().Select(one => (byte[])one!), Is.EqualTo(large));
    }

    [Test]
    public async Task A_key_of_another_type_is_told_and_the_other_places_are_moved()
    {
        await _bench.HoldAsync("gone", "held");
        await _queue.Queue.StringSetAsync(_queue.Keys.Parked, "a result");

        var found = await _bench.LookAsync();
        var report = await _bench.MoveAsync();

        Assert.That(found.IsDone, Is.False);
        Assert.That(report.IsDone, Is.False);
        Assert.That(report.Places.Single(place => place.Problem is not null).Name, Is.EqualTo("parked"));
        Assert.That(await _bench.TakenAsync(), Is.EqualTo(new[] { "held" }));
    }

    [Test]
    public async Task What_Python_has_no_function_for_is_named_first()
    {
        await _queue.PushAsync(
            HandOverBench.Envelope("1"),
            HandOverBench.Envelope("2", "run_canary"),
            HandOverBench.Envelope("3", "check_expiring_tokens"),
            HandOverBench.Envelope("4", "dashtam_jobs.tasks.accounts:sync_accounts"),
            HandOverBench.Envelope("5", "dashtam_jobs.tasks.farm:count_sheep"),
            "no json"u8.ToArray());

        var report = await _bench.LookAsync();

        Assert.That(report.Names, Is.EqualTo(new[]
        {
            new NamedJobs("check_expiring_tokens", 1, PythonView.Drops),
            new NamedJobs("dashtam_jobs.tasks.accounts:sync_accounts", 1, PythonView.Drops),
            new NamedJobs("run_canary", 1, PythonView.Drops),
            new NamedJobs(Name: null, 1, PythonView.Unknown),
            new NamedJobs("dashtam_jobs.tasks.farm:count_sheep", 1, PythonView.Unknown),
            new NamedJobs(HandOverBench.Tokens, 1, PythonView.Runs),
        }));
    }

    [Test]
    public void However_many_names_there_are_the_report_stays_short()
    {
        var tally = new JobTally(PythonNames.OfThisService);

        for (var i = 0; i < 5_000; i++)
        {
            tally.Add(HandOverBench.Envelope("id", $"name-{i}-{new string('x', 1_000)}"));
        }

        Assert.That(tally.Names, Has.Count.EqualTo(1_001));
        Assert.That(tally.Names.Sum(jobs => jobs.Count), Is.EqualTo(5_000));
        Assert.That(tally.Names.Max(jobs => jobs.Name?.Length), Is.LessThan(250), "200 characters and how many bytes are missing");
    }
}
