using Dashtam.Jobs.Core.Execution.Catalog;
using Dashtam.Jobs.Core.Schedules;
using Dashtam.Jobs.Scheduler.Firing;
using Dashtam.Jobs.Tests.Support;
using Dashtam.Jobs.Tests.Support.Fakes;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using NUnit.Framework;

namespace Dashtam.Jobs.Tests.Unit.Scheduler;

[Category("Unit")]
internal sealed class FiringTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 24, 3, 0, 1, TimeSpan.Zero);
    private static readonly DateTimeOffset Hour = new(2026, 11, 24, 3, 0, 0, TimeSpan.Zero);

    private static readonly JobSchedule Schedule = new(
        "check_expiring_tokens", "check_expiring_tokens", "*/15 * * * *", "UTC", "TOKEN_CHECK_CRON");

    private readonly FakeTimeProvider _time = new(Now);
    private readonly FakeScheduleLedger _ledger = new();
    private readonly ClockStep _clock = new();
    private readonly MarkWatch _marks = new(NullLogger<MarkWatch>.Instance);
    private ScheduleFirer _firer = null!;
    private MisfireCatchUp _catchUp = null!;

    [SetUp]
    public void SetUp()
    {
        var jobs = new JobCatalog(new ConfigurationBuilder().Build(), NullLogger<JobCatalog>.Instance);
        var queues = FakeFiring.Only(_clock, _time);
        var moved = FakeFiring.Moved(queues, _ledger);
        var due = new DueFires(
            _ledger, jobs, queues, moved, _marks, new ClaimWatch(_time, NullLogger<ClaimWatch>.Instance), _time, NullLogger<DueFires>.Instance);
        _firer = new ScheduleFirer(due, queues, _time, NullLogger<ScheduleFirer>.Instance);
        _catchUp = new MisfireCatchUp(
            new ScheduleCatalog(jobs, _time),
            queues,
            due,
            new MarkMover(_ledger, queues, _time, NullLogger<MarkMover>.Instance),
            moved,
            new RefusedSchedules(NullLogger<RefusedSchedules>.Instance),
            _time,
            NullLogger<MisfireCatchUp>.Instance);
        _clock.Return();
        _ledger.State = new ScheduleState(Current: true, LastFired: Hour.AddMinutes(-15), Now);
    }

    [TearDown]
    public void TearDown() => _catchUp.Dispose();

    [Test]
    public async Task A_fire_enqueues_the_job_under_Python_s_name_with_its_schedule_and_category_as_labels()
    {
        var enqueued = await FireAsync(Hour, until: Now);

        var envelope = _ledger.Fired.Single().Envelope;
        Assert.That(enqueued, Is.EqualTo(1));
        Assert.That(envelope.TaskName, Is.EqualTo("dashtam_jobs.tasks.tokens:check_expiring_tokens"));
        Assert.That(envelope.TaskId, Does.Match("^[0-9a-f]{32}$"));
        Assert.That(envelope.Labels.Text("schedule_id"), Is.EqualTo("check_expiring_tokens"));
        Assert.That(envelope.Labels.Text("category"), Is.EqualTo("provider"));
        Assert.That(envelope.Labels.Text("schedule_overlap"), Is.Null, "a schedule that queues needs no watching");
    }

    [Test]
    public async Task A_fire_that_cannot_reach_Redis_is_tried_again_with_the_same_instant()
    {
        _ledger.OutOfReach = true;
        var fire = FireAsync(Hour, until: Now.AddMinutes(10));
        await AdvanceAsync(5);

        _ledger.OutOfReach = false;

        Assert.That(await UntilEndedAsync(fire), Is.EqualTo(1));
        Assert.That(_ledger.Fired.Single().Instant, Is.EqualTo(Hour));
    }

    [Test]
    public async Task A_fire_is_given_up_when_the_next_one_is_due()
    {
        await _firer.FireAsync(Read(Schedule), Hour.AddMinutes(-15), Now, CancellationToken.None); // it knows the schedule
        _ledger.OutOfReach = true;

        var fire = FireAsync(Hour, until: Now.AddSeconds(10));

        Assert.That(await UntilEndedAsync(fire), Is.Zero);
        Assert.That(_ledger.Tries, Is.InRange(5, 10));
    }

    [TestCase(FireCode.AlreadyFired)]
    [TestCase(FireCode.OtherVersion)]
    [TestCase(FireCode.Paused)]
    public async Task What_the_ledger_refuses_is_not_tried_again(FireCode code)
    {
        _ledger.Answer = new FireReply(code, TimeSpan.Zero, Hour);

        var enqueued = await FireAsync(Hour, until: Now.AddMinutes(10));

        Assert.That(enqueued, Is.Zero);
        Assert.That(_ledger.Tries, Is.EqualTo(1));
    }

    [Test]
    public async Task An_instant_in_time_does_not_fire_before_those_that_were_missed()
    {
        _ledger.State = _ledger.State with { LastFired = Hour.AddHours(-1) };
        var all = Schedule with { CatchUp = MisfirePolicy.All };

        await _firer.FireAsync(Read(all), Hour, Now, CancellationToken.None);

        Assert.That(
            _ledger.Fired.Select(fire => fire.Instant),
            Is.EqualTo(new[] { Hour.AddMinutes(-45), Hour.AddMinutes(-30), Hour.AddMinutes(-15), Hour }));
        Assert.That(_ledger.Batches, Has.Count.EqualTo(1), "in one step");
    }

    [Test]
    public async Task A_scheduler_whose_knowledge_is_out_of_date_asks_and_fires()
    {
        await FireAsync(Hour.AddMinutes(-15), until: Now); // it knows the schedule
        _ledger.State = _ledger.State with { LastFired = Hour.AddMinutes(-7) }; // another one fired, or resumed it

        var enqueued = await FireAsync(Hour, until: Now);

        Assert.That(enqueued, Is.EqualTo(1));
        Assert.That(_ledger.Batches.Single().After, Is.EqualTo(Hour.AddMinutes(-7)));
    }

    [Test]
    public async Task While_the_clock_is_wrong_nothing_fires_and_afterwards_it_is_caught_up()
    {
        _clock.Leave(TimeSpan.FromSeconds(-3));
        var held = await FireAsync(Hour, until: Now.AddMinutes(10));
        await CatchUpAsync();
        Assert.That(_ledger.Fired, Is.Empty);

        _clock.Return();
        await CatchUpAsync();

        Assert.That(held, Is.Zero);
        Assert.That(_ledger.Fired.Single().Instant, Is.EqualTo(Hour));
    }

    [Test]
    public async Task After_a_down_time_the_latest_missed_instant_alone_is_caught_up()
    {
        _ledger.State = new ScheduleState(Current: true, LastFired: Hour.AddHours(-3), Hour.AddMinutes(7));
        _time.Advance(TimeSpan.FromMinutes(7));

        await CatchUpAsync();

        Assert.That(_ledger.Fired.Select(fire => fire.Instant), Is.EqualTo(new[] { Hour }));
        Assert.That(_ledger.Batches.Single().PassedOver, Is.EqualTo(11));
    }

    [Test]
    public async Task Nothing_is_caught_up_that_has_fired()
    {
        _ledger.State = new ScheduleState(Current: true, LastFired: Hour, Now);

        await CatchUpAsync();

        Assert.That(_ledger.Tries, Is.Zero);
    }

    [Test]
    public async Task A_version_that_was_superseded_catches_up_nothing()
    {
        _ledger.State = new ScheduleState(Current: false, LastFired: Hour.AddHours(-3), Now);

        await CatchUpAsync();

        Assert.That(_ledger.Tries, Is.Zero);
    }

    [Test]
    public async Task A_version_whose_schedulers_have_gone_is_taken_over_after_a_minute()
    {
        await CatchUpAsync(); // the start replaces
        _ledger.State = _ledger.State with { Current = false, StoredVersion = "other", HolderSign = "1" };
        for (var second = 0; second < 60; second += 10)
        {
            await CatchUpAsync();
            Assert.That(_ledger.Registrations[^1]!.Value.SilentHolder, Is.Null, $"after {second} s");
            _time.Advance(TimeSpan.FromSeconds(10));
        }

        await CatchUpAsync();

        Assert.That(_ledger.Registrations[^1]!.Value.SilentHolder, Is.EqualTo("1"));
    }

    [Test]
    public async Task A_schedule_replaces_another_version_at_the_start_alone_and_says_later_what_it_saw()
    {
        _ledger.State = new ScheduleState(Current: true, LastFired: Hour, Now);

        await CatchUpAsync();
        await CatchUpAsync();

        Assert.That(_ledger.Registrations, Is.EqualTo(new ScheduleState?[] { null, _ledger.State }));
    }

    [Test]
    public async Task A_mark_in_the_future_is_moved_back_to_the_last_due_instant_after_a_minute_of_agreement()
    {
        _ledger.State = _ledger.State with { LastFired = Hour.AddDays(1) };

        await CatchUpAsync();
        Assert.That(_ledger.Moved, Is.Empty);

        _clock.Agree(ClockStep.AgreementNeeded);
        await CatchUpAsync();

        Assert.That(_ledger.Moved, Is.EqualTo(new[] { (Hour.AddDays(1), Hour) }));
        Assert.That(await FireAsync(Hour.AddMinutes(15), until: Now), Is.EqualTo(1), "it fires on from there");
    }

    [Test]
    public async Task A_mark_that_cannot_be_read_fires_nothing_and_is_told_until_it_is_mended()
    {
        _ledger.State = _ledger.State with { UnreadableFired = "10:00" };

        await CatchUpAsync();

        Assert.That(_ledger.Tries, Is.Zero);
        Assert.That(_marks.Problems[Schedule.Id], Does.Contain("10:00"));

        _ledger.State = _ledger.State with { UnreadableFired = null };
        await CatchUpAsync();

        Assert.That(_marks.Problems, Is.Empty);
        Assert.That(_ledger.Fired.Single().Instant, Is.EqualTo(Hour));
    }

    [Test]
    public async Task While_the_clock_is_wrong_nothing_is_registered()
    {
        _clock.Leave(TimeSpan.FromDays(-400));

        await CatchUpAsync();

        Assert.That(_ledger.Registrations, Is.Empty);
    }

    [Test]
    public async Task Nothing_is_caught_up_that_is_not_due_by_this_clock()
    {
        _ledger.State = _ledger.State with { LastFired = Hour, Now = Now.AddHours(1) }; // Redis' clock has just jumped

        await CatchUpAsync();

        Assert.That(_ledger.Fired, Is.Empty);
    }

    private static FiringSchedule Read(JobSchedule schedule) => ScheduleCatalog.Read(schedule, Now);

    private Task<int> FireAsync(DateTimeOffset instant, DateTimeOffset until) =>
        _firer.FireAsync(Read(Schedule), instant, until, CancellationToken.None);

    private Task CatchUpAsync() => _catchUp.CatchUpAsync(Read(Schedule), CancellationToken.None);

    private Task AdvanceAsync(int seconds)
    {
        var end = _time.GetUtcNow().AddSeconds(seconds);
        return _time.AdvanceUntilAsync(() => _time.GetUtcNow() >= end, TimeSpan.FromSeconds(1));
    }

    private Task<int> UntilEndedAsync(Task<int> fire) => _time.AdvanceUntilEndAsync(fire, TimeSpan.FromSeconds(1));
}
