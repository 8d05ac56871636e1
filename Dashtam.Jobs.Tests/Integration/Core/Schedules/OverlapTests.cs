using Dashtam.Jobs.Core.Queue;
using Dashtam.Jobs.Core.Queue.DeadLetters;
using Dashtam.Jobs.Core.Schedules;
using Dashtam.Jobs.Core.Wire;
using Dashtam.Jobs.Tests.Support;
using NUnit.Framework;

namespace Dashtam.Jobs.Tests.Integration.Core.Schedules;

[Category("Integration")]
[OnEachServer]
internal sealed class OverlapTests
{
    private const string Worker = "w";

    private TestQueue _queue = null!;
    private DateTimeOffset _last;

    [SetUp]
    public async Task SetUp()
    {
        _queue = await TestQueue.CreateAsync();
        await _queue.RegisterAsync(Worker);
        var state = await _queue.Ledger.RegisterAsync(Schedule(OverlapPolicy.Queue), remembered: null, CancellationToken.None);
        _last = state.Now.AddMinutes(-30);
        await _queue.Queue.HashSetAsync(_queue.Keys.Fired, "tokens", _last.ToUnixTimeSeconds());
    }

    [TearDown]
    public async Task TearDown() => await _queue.DisposeAsync();

    [TestCase(OverlapPolicy.Queue, 2)]
    [TestCase(OverlapPolicy.Skip, 1)]
    [TestCase(OverlapPolicy.Replace, 2)]
    public async Task A_fire_while_the_last_ones_job_waits(OverlapPolicy policy, int ready)
    {
        await FireAsync(policy, "first");

        await FireAsync(policy, "second");

        Assert.That(await _queue.ReadyAsync(), Is.EqualTo(ready));
    }

    [Test]
    public async Task A_fire_that_is_skipped_is_counted_and_does_not_fire_later()
    {
        await FireAsync(OverlapPolicy.Skip, "first");

        var skipped = await FireAsync(OverlapPolicy.Skip, "second");

        Assert.That((skipped.Code, skipped.Enqueued, skipped.Skipped), Is.EqualTo((FireCode.Fired, 0, 1)));
        var status = (await _queue.Control.ListAsync(CancellationToken.None)).Single();
        Assert.That((status.Fires.Fired, status.Fires.Skipped), Is.EqualTo((1, 1)));
        Assert.That(status.LastFired, Is.EqualTo(_last));
    }

    [Test]
    public async Task A_schedule_that_skips_fires_again_when_its_job_has_finished()
    {
        await FireAsync(OverlapPolicy.Skip, "first");
        var delivery = await TakeAsync();
        Assert.That((await FireAsync(OverlapPolicy.Skip, "running")).Skipped, Is.EqualTo(1));

        await _queue.Jobs.FinishAsync(delivery, "first", "check_expiring_tokens", "{}"u8.ToArray(), CancellationToken.None);

        Assert.That((await FireAsync(OverlapPolicy.Skip, "second")).Enqueued, Is.EqualTo(1));
    }

    [TestCase(BareResultKey.None)]
    [TestCase(BareResultKey.Json)]
    public async Task A_schedule_that_skips_fires_again_when_its_job_is_a_dead_letter(BareResultKey bare)
    {
        _queue.Options.BareKey = bare;
        await FireAsync(OverlapPolicy.Skip, "first");
        var delivery = await TakeAsync();
        var letter = new DeadLetter(
            DeadLetterReason.Failed, "it failed", "check_expiring_tokens", "first", Attempts: 1, "{}"u8.ToArray());

        await _queue.Jobs.DeadLetterAsync(delivery, letter, CancellationToken.None);

        Assert.That((await FireAsync(OverlapPolicy.Skip, "second")).Enqueued, Is.EqualTo(1));
        Assert.That(await _queue.Queue.KeyExistsAsync(_queue.Keys.Result("first")), Is.True);
        await _queue.Queue.KeyDeleteAsync("first");
    }

    [Test]
    public async Task A_schedule_that_skips_fires_again_when_its_job_was_parked_for_too_long()
    {
        _queue.Options.ParkSeconds = 0;
        await FireAsync(OverlapPolicy.Skip, "first");
        await _queue.Jobs.ParkAsync(await TakeAsync(), CancellationToken.None);
        var (member, _) = (await _queue.Parked.ListAsync(0, skip: 0, take: 1, CancellationToken.None)).Single();
        var letter = new DeadLetter(
            DeadLetterReason.UnknownJob, "nobody knew it", "check_expiring_tokens", "first", Attempts: 0, "{}"u8.ToArray())
        {
            WatchedBy = "tokens",
        };

        Assert.That(await _queue.Parked.ExpireAsync(member, letter, CancellationToken.None), Is.True);

        Assert.That((await FireAsync(OverlapPolicy.Skip, "second")).Enqueued, Is.EqualTo(1));
    }

    [Test]
    public async Task A_schedule_that_skips_waits_for_the_retry_of_its_job_as_well()
    {
        await FireAsync(OverlapPolicy.Skip, "first");
        var delivery = await TakeAsync();

        await _queue.Jobs.RetryAsync(
            delivery, "check_expiring_tokens", delivery.Envelope, TimeSpan.FromMinutes(1), CancellationToken.None);

        Assert.That((await FireAsync(OverlapPolicy.Skip, "second")).Skipped, Is.EqualTo(1));
    }

    [Test]
    public async Task Of_several_that_are_caught_up_one_runs_where_fires_are_skipped()
    {
        var reply = await FireAsync(OverlapPolicy.Skip, "first", "second", "third");

        Assert.That((reply.Enqueued, reply.Skipped), Is.EqualTo((1, 2)));
    }

    [Test]
    public async Task A_run_learns_of_its_successor_also_when_that_has_ended_before_it()
    {
        await FireAsync(OverlapPolicy.Replace, "first");
        await TakeAsync();
        await FireAsync(OverlapPolicy.Replace, "second");

        await _queue.Jobs.FinishAsync(
            await TakeAsync(), "second", "check_expiring_tokens", "{}"u8.ToArray(), CancellationToken.None);

        var runs = new ScheduleRuns(_queue, _queue.Keys);
        Assert.That(await runs.GetNewestAsync("", "tokens", CancellationToken.None), Is.EqualTo("second"));
    }

    [Test]
    public async Task The_end_of_a_job_that_was_replaced_leaves_its_successor_in_place()
    {
        await FireAsync(OverlapPolicy.Replace, "first");
        var delivery = await TakeAsync();
        await FireAsync(OverlapPolicy.Replace, "second");

        await _queue.Jobs.EndReplacedAsync(
            delivery, "first", "check_expiring_tokens", "{}"u8.ToArray(), CancellationToken.None);

        var runs = new ScheduleRuns(_queue, _queue.Keys);
        Assert.That(await runs.GetNewestAsync("", "tokens", CancellationToken.None), Is.EqualTo("second"));
        Assert.That(await _queue.Queue.KeyExistsAsync(_queue.Keys.Result("first")), Is.True, "whoever waits for it is told");
        Assert.That((long)await _queue.Queue.HashGetAsync(_queue.Keys.Stats, "check_expiring_tokens:replaced"), Is.EqualTo(1));
    }

    [Test]
    public async Task A_run_that_was_lost_keeps_its_schedule_from_firing_for_a_day_at_most()
    {
        await FireAsync(OverlapPolicy.Skip, "first");

        var lifetime = await _queue.Queue.KeyTimeToLiveAsync(_queue.Keys.LastRun("tokens"));

        Assert.That(lifetime, Is.EqualTo(ScheduleLedger.RunRemembered).Within(TimeSpan.FromMinutes(1)));
    }

    [Test]
    public async Task Nothing_is_kept_for_a_schedule_that_queues()
    {
        await FireAsync(OverlapPolicy.Queue, "first");

        Assert.That(await _queue.Queue.KeyExistsAsync(_queue.Keys.LastRun("tokens")), Is.False);
    }

    private static JobSchedule Schedule(OverlapPolicy policy) =>
        new("tokens", "check_expiring_tokens", "* * * * *", "UTC", Setting: null) { Overlap = policy };

    private async Task<FireReply> FireAsync(OverlapPolicy policy, params string[] taskIds)
    {
        var schedule = Schedule(policy);
        var fires = taskIds.Select((taskId, index) => new ScheduledFire(
            _last.AddMinutes(index + 1),
            new JobEnvelope { TaskId = taskId, TaskName = schedule.JobName, Labels = ScheduleLabels.Of(schedule) })).ToList();
        var batch = new FireBatch(_last, fires[^1].Instant, fires, PassedOver: 0);
        _last = batch.UpTo;
        return await _queue.Ledger.FireAsync(schedule, batch, CancellationToken.None);
    }

    /// <summary>As the executor hands it on.</summary>
    private async Task<Delivery> TakeAsync() =>
        (await _queue.FetchAsync(Worker, 1))[0] with { WatchedBy = "tokens" };
}
