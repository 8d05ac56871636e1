using Dashtam.Jobs.Core.Execution.Catalog;
using Dashtam.Jobs.Core.Schedules;
using Dashtam.Jobs.Scheduler.Crons;
using Dashtam.Jobs.Scheduler.Firing;
using Dashtam.Jobs.Tests.Support;
using Dashtam.Jobs.Tests.Support.Fakes;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using NSubstitute;
using NUnit.Framework;
using Quartz;

namespace Dashtam.Jobs.Tests.Unit.Scheduler;

/// <summary>A schedule whose walk does not advance, beside one that is sound.</summary>
[Category("Unit")]
internal sealed class RefusedSchedulesTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 24, 3, 0, 1, TimeSpan.Zero);

    private readonly FakeTimeProvider _time = new(Now);
    private readonly FakeScheduleLedger _ledger = new();
    private readonly ClockStep _clock = new();
    private readonly MarkWatch _marks = new(NullLogger<MarkWatch>.Instance);
    private readonly ClaimWatch _claims = new(TimeProvider.System, NullLogger<ClaimWatch>.Instance);
    private readonly RefusedSchedules _refused = new(NullLogger<RefusedSchedules>.Instance);
    private readonly FiringSchedule _stuck = new(
        Schedule("check_expiring_tokens"), new FireTimes(new StuckCalendar(), new ZoneClock(TimeZoneInfo.Utc)));

    private readonly FiringSchedule _sound = ScheduleCatalog.Read(Schedule("check_expiring_sessions"), Now);
    private IScheduler _quartz = null!;
    private FiringQueues _queues = null!;
    private MovedSchedules _moved = null!;
    private DueFires _due = null!;
    private ScheduleLoader _loader = null!;

    [SetUp]
    public void SetUp()
    {
        var jobs = new JobCatalog(new ConfigurationBuilder().Build(), NullLogger<JobCatalog>.Instance);
        _queues = FakeFiring.Only(_clock, _time);
        _moved = FakeFiring.Moved(_queues, _ledger, _stuck, _sound);
        _due = new DueFires(_ledger, jobs, _queues, _moved, _marks, _claims, _time, NullLogger<DueFires>.Instance);
        _clock.Return();
        _ledger.State = new ScheduleState(Current: true, LastFired: Now.AddHours(-1), Now);
        _quartz = Substitute.For<IScheduler>();
        _quartz.RescheduleJob(default!, default!, default).ReturnsForAnyArgs((DateTimeOffset?)null);
        _loader = new ScheduleLoader(Catalog(), Schedulers(), _refused, _time, NullLogger<ScheduleLoader>.Instance);
    }

    [TearDown]
    public async Task TearDown()
    {
        _loader.Dispose();
        await _quartz.DisposeAsync();
    }

    [Test]
    public async Task It_alone_is_not_loaded()
    {
        await _loader.StartAsync(CancellationToken.None);
        await _loader.RealignAsync(CancellationToken.None);

        Assert.That(Set().Select(trigger => trigger.Key.Name), Is.EqualTo(new[] { "check_expiring_sessions", "check_expiring_sessions" }));
        Assert.That(Set()[0].StartTimeUtc, Is.EqualTo(Now.AddMinutes(15).AddSeconds(-1)));
        Assert.That(_refused.Problems.Keys, Is.EqualTo(new[] { "check_expiring_tokens" }));
    }

    [Test]
    public async Task The_other_is_caught_up()
    {
        using var catchUp = new MisfireCatchUp(
            Catalog(),
            _queues,
            _due,
            new MarkMover(_ledger, _queues, _time, NullLogger<MarkMover>.Instance),
            _moved,
            _refused,
            _time,
            NullLogger<MisfireCatchUp>.Instance);

        await WorkerBench.WhileAsync(catchUp, () => WorkerBench.UntilAsync(() => _queues.Firing[0].Reached.Age is not null));

        Assert.That(_ledger.Fired.Select(fire => fire.Schedule), Is.EqualTo(new[] { "check_expiring_sessions" }));
        Assert.That(_refused.Problems.Keys, Is.EqualTo(new[] { "check_expiring_tokens" }));
    }

    [TestCase(0, 15, Description = "in time: the one after it")]
    [TestCase(20, 15, Description = "a little late: still the one after it, which fires at once if it is due")]
    [TestCase(3_600, 75, Description = "an hour late: the next from now")]
    [TestCase(-3_600, -45, Description = "the clock was ahead: the next from now")]
    public async Task Each_fire_sets_the_next(int lateSeconds, int minutes)
    {
        var instant = new DateTimeOffset(2026, 11, 24, 3, 0, 0, TimeSpan.Zero);
        _time.AdjustTime(instant.AddSeconds(lateSeconds));

        var next = await _loader.ContinueAsync(_sound, instant, CancellationToken.None);

        Assert.That(next, Is.EqualTo(instant.AddMinutes(minutes)));
        Assert.That(Set().Single().StartTimeUtc, Is.EqualTo(next));
    }

    private static JobSchedule Schedule(string id) => new(id, id, "*/15 * * * *", "UTC", Setting: null);

    private ScheduleCatalog Catalog() => new([_stuck, _sound]);

    private List<ITrigger> Set() =>
    [
        .. _quartz.ReceivedCalls().Where(call => call.GetMethodInfo().Name == nameof(IScheduler.ScheduleJob))
            .Select(call => call.GetArguments().OfType<ITrigger>().Single()),
    ];

    private ISchedulerFactory Schedulers()
    {
        var schedulers = Substitute.For<ISchedulerFactory>();
        schedulers.GetScheduler(default).ReturnsForAnyArgs(_quartz);
        return schedulers;
    }
}
