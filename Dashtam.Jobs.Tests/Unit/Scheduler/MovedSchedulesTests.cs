using Dashtam.Jobs.Core.Schedules;
using Dashtam.Jobs.Scheduler.Firing;
using Dashtam.Jobs.Tests.Support;
using Dashtam.Jobs.Tests.Support.Fakes;
using Microsoft.Extensions.Logging;
using NUnit.Framework;
using StackExchange.Redis;

namespace Dashtam.Jobs.Tests.Unit.Scheduler;

[Category("Unit")]
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal sealed class MovedSchedulesTests : IDisposable
{
    private static readonly JobSchedule Schedule = new("count_sheep", "count_sheep", "*/15 * * * *", "UTC", Setting: null) { Queue = "reports" };

    private readonly FakeScheduleLedger _ledger = new();
    private readonly LogLines _log = new();
    private readonly FiringQueue _first = FakeFiring.Queue(new ClockStep(), TimeProvider.System);
    private readonly FiringQueue _reports = FakeFiring.Queue(new ClockStep(), TimeProvider.System, "reports");
    private readonly MovedSchedules _moved;

    public MovedSchedulesTests()
    {
        _moved = new MovedSchedules(
            new ScheduleCatalog([ScheduleCatalog.Read(Schedule, TimeProvider.System.GetUtcNow())]), new FiringQueues(_first, _reports), _ledger,
            _log.Factory.CreateLogger<MovedSchedules>());
        _first.Clock.Return();
        _reports.Clock.Return();
    }

    public void Dispose() => _log.Dispose();

    [Test]
    public async Task A_schedule_that_another_scheduler_still_fires_into_its_old_queue_does_not_fire_and_fires_a_minute_after_that_one_is_gone()
    {
        await LookAsync(TimeSpan.FromSeconds(9));
        var held = (_moved.MayFire(Schedule), _moved.Held["count_sheep"]);
        await LookAsync(TimeSpan.FromSeconds(61));
        var later = (_moved.MayFire(Schedule), _moved.Held.Count);
        await LookAsync(TimeSpan.FromSeconds(71));

        Assert.That((held, later), Is.EqualTo(((false, "dashtam:jobs"), (true, 0))));
        Assert.That(Events, Is.EqualTo(new[] { "schedule_fires_into_other_queue", "schedule_left_behind" }), "each once");
    }

    [Test]
    public async Task A_record_that_no_scheduler_ever_confirmed_is_left_behind_and_holds_nothing()
    {
        await LookAsync(age: null);

        Assert.That(_moved.MayFire(Schedule), Is.True);
        Assert.That(Events, Is.EqualTo(new[] { "schedule_left_behind" }));
    }

    [Test]
    public async Task A_queue_that_answers_no_more_holds_nothing()
    {
        await LookAsync(TimeSpan.Zero);
        _ledger.OutOfReach = true;

        await Assert.ThatAsync(() => _moved.LookAsync(_first, CancellationToken.None), Throws.InstanceOf<RedisConnectionException>());

        Assert.That(_moved.MayFire(Schedule), Is.True);
    }

    [Test]
    public async Task Nothing_fires_before_each_queue_that_answers_was_looked_at()
    {
        await _moved.LookAsync(_reports, CancellationToken.None);
        Assert.That(_moved.MayFire(Schedule), Is.False);

        await _moved.LookAsync(_first, CancellationToken.None);
        Assert.That(_moved.MayFire(Schedule), Is.True);
    }

    [Test]
    public void With_one_queue_nothing_is_asked()
    {
        var only = new FiringQueues(_first);
        _ledger.OutOfReach = true;
        var moved = FakeFiring.Moved(only, _ledger);

        Assert.That(() => moved.LookAsync(_first, CancellationToken.None), Throws.Nothing);
        Assert.That(moved.MayFire(Schedule with { Queue = null }), Is.True);
    }

    private IEnumerable<string?> Events => _log.Lines.Select(line => System.Text.Json.JsonElement.Parse(line).GetProperty("event").GetString());

    private async Task LookAsync(TimeSpan? age)
    {
        _ledger.Records["dashtam:jobs"] = new(StringComparer.Ordinal) { ["count_sheep"] = age };
        await _moved.LookAsync(_reports, CancellationToken.None);
        await _moved.LookAsync(_first, CancellationToken.None);
    }
}
