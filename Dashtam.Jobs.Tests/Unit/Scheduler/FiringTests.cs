using Dashtam.Jobs.Core.Execution;
using Dashtam.Jobs.Core.Hosting;
using Dashtam.Jobs.Core.Schedules;
using Dashtam.Jobs.Scheduler.Firing;
using Dashtam.Jobs.Tests.Support.Fakes;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using NUnit.Framework;

namespace Dashtam.Jobs.Tests.Unit.Scheduler;

[Category("Unit")]
internal sealed class FiringTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 24, 3, 7, 30, TimeSpan.Zero);
    private static readonly DateTimeOffset Quarter = new(2026, 11, 24, 3, 0, 0, TimeSpan.Zero);

    private static readonly JobSchedule Schedule = new(
        "check_expiring_tokens", "check_expiring_tokens", "*/15 * * * *", "UTC", "TOKEN_CHECK_CRON");

    private readonly FakeTimeProvider _time = new(Now);
    private readonly FakeScheduleLedger _ledger = new();
    private ScheduleFirer _firer = null!;
    private MisfireCatchUp _catchUp = null!;

    [SetUp]
    public void SetUp()
    {
        var jobs = new JobCatalog(new ConfigurationBuilder().Build(), NullLogger<JobCatalog>.Instance);
        _firer = new ScheduleFirer(_ledger, jobs, _time, NullLogger<ScheduleFirer>.Instance);
        _catchUp = new MisfireCatchUp(
            new ScheduleCatalog(jobs, _time), _ledger, _firer, new Freshness(_time), _time, NullLogger<MisfireCatchUp>.Instance);
    }

    [TearDown]
    public void TearDown() => _catchUp.Dispose();

    [Test]
    public async Task A_fire_enqueues_the_job_with_its_schedule_and_category_as_labels()
    {
        var fired = await _firer.FireAsync(Schedule, Quarter, until: Now, CancellationToken.None);

        var envelope = _ledger.Fired.Single().Envelope;
        Assert.That(fired, Is.True);
        Assert.That(envelope.TaskName, Is.EqualTo("check_expiring_tokens"));
        Assert.That(envelope.TaskId, Does.Match("^[0-9a-f]{32}$"));
        Assert.That(envelope.Labels.Text("schedule_id"), Is.EqualTo("check_expiring_tokens"));
        Assert.That(envelope.Labels.Text("category"), Is.EqualTo("provider"));
    }

    [Test]
    public async Task A_fire_that_cannot_reach_Redis_is_tried_again_with_the_same_instant()
    {
        _ledger.OutOfReach = true;
        var fire = _firer.FireAsync(Schedule, Quarter, until: Now.AddMinutes(10), CancellationToken.None);
        await AdvanceAsync(() => _ledger.Tries >= 5);

        _ledger.OutOfReach = false;
        await AdvanceAsync(() => fire.IsCompleted);

        Assert.That(await fire, Is.True);
        Assert.That(_ledger.Fired.Single().Instant, Is.EqualTo(Quarter));
    }

    [Test]
    public async Task A_fire_is_given_up_when_the_next_one_is_due()
    {
        _ledger.OutOfReach = true;

        var fire = _firer.FireAsync(Schedule, Quarter, until: Now.AddSeconds(10), CancellationToken.None);
        await AdvanceAsync(() => fire.IsCompleted);

        Assert.That(await fire, Is.False);
        Assert.That(_ledger.Tries, Is.InRange(5, 10));
    }

    [TestCase(FireCode.AlreadyFired)]
    [TestCase(FireCode.OtherVersion)]
    public async Task What_the_ledger_refuses_is_not_tried_again(FireCode code)
    {
        _ledger.Answer = new FireReply(code, TimeSpan.Zero);

        var fired = await _firer.FireAsync(Schedule, Quarter, until: Now.AddMinutes(10), CancellationToken.None);

        Assert.That(fired, Is.False);
        Assert.That(_ledger.Tries, Is.EqualTo(1));
    }

    [Test]
    public async Task After_a_down_time_the_latest_missed_instant_alone_is_caught_up()
    {
        _ledger.State = new ScheduleState(Current: true, LastFired: Quarter.AddHours(-3), Now);

        await CatchUpAsync();

        Assert.That(_ledger.Fired.Select(fire => fire.Instant), Is.EqualTo(new[] { Quarter }));
    }

    [Test]
    public async Task Nothing_is_caught_up_that_has_fired_or_that_Quartz_is_just_firing()
    {
        _ledger.State = new ScheduleState(Current: true, LastFired: Quarter, Now);
        await CatchUpAsync();
        _ledger.State = new ScheduleState(Current: true, LastFired: Quarter, Now: Quarter.AddMinutes(15).AddSeconds(1));
        await CatchUpAsync();

        Assert.That(_ledger.Fired, Is.Empty);
    }

    [TestCase("2026-10-25T00:31:00Z", "2026-10-25T00:30:00Z")]
    [TestCase("2026-10-25T02:00:00Z", "2026-10-25T00:30:00Z")]
    [TestCase("2026-10-26T12:00:00Z", "2026-10-26T01:30:00Z")]
    public void A_time_that_exists_twice_when_clocks_are_put_back_is_caught_up_once(string now, string latest)
    {
        var cron = ScheduleCatalog.Read(Schedule with { Cron = "30 2 * * *", TimeZone = "Europe/Warsaw" }, Now).Cron;
        var lastFired = Parse("2026-10-24T00:30:00Z");

        var missed = MisfireCatchUp.Latest(cron, lastFired, Parse(now));

        Assert.That(missed, Is.EqualTo(Parse(latest)));
        Assert.That(MisfireCatchUp.Latest(cron, missed!.Value, Parse(now)), Is.Null, "and not again");
    }

    [Test]
    public async Task A_version_that_was_superseded_catches_up_nothing()
    {
        _ledger.State = new ScheduleState(Current: false, LastFired: Quarter.AddHours(-3), Now);

        await CatchUpAsync();

        Assert.That(_ledger.Fired, Is.Empty);
    }

    [Test]
    public async Task A_schedule_replaces_another_version_at_the_start_alone()
    {
        _ledger.State = new ScheduleState(Current: true, LastFired: Quarter, Now);

        await CatchUpAsync();
        await CatchUpAsync();

        Assert.That(_ledger.Registrations, Is.EqualTo(new[] { true, false }));
    }

    private static DateTimeOffset Parse(string text) =>
        DateTimeOffset.Parse(text, System.Globalization.CultureInfo.InvariantCulture);

    private Task CatchUpAsync() => _catchUp.CatchUpAsync(ScheduleCatalog.Read(Schedule, Now), CancellationToken.None);

    private async Task AdvanceAsync(Func<bool> happened)
    {
        for (var turn = 0; turn < 2_000 && !happened(); turn++)
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            await Task.Delay(1);
        }
    }
}
