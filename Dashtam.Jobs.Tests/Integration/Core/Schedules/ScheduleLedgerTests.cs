using Dashtam.Jobs.Core.Schedules;
using Dashtam.Jobs.Core.Wire;
using Dashtam.Jobs.Tests.Support;
using NUnit.Framework;

namespace Dashtam.Jobs.Tests.Integration.Core.Schedules;

[Category("Integration")]
internal sealed class ScheduleLedgerTests
{
    private static readonly JobSchedule Schedule = new("tokens", "check_expiring_tokens", "* * * * *", "UTC", Setting: null);

    private TestQueue _queue = null!;
    private DateTimeOffset _now;

    [SetUp]
    public async Task SetUp()
    {
        _queue = await TestQueue.CreateAsync();
        _now = (await _queue.Ledger.RegisterAsync(Schedule, replace: true, CancellationToken.None)).Now;
    }

    [TearDown]
    public async Task TearDown() => await _queue.DisposeAsync();

    [Test]
    public async Task An_instant_fires_once_however_many_schedulers_fire_it()
    {
        await LastFiredAsync(_now.AddMinutes(-2));

        var replies = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => FireAsync(_now.AddMinutes(-1))));

        Assert.That(replies.Count(code => code == FireCode.Enqueued), Is.EqualTo(1));
        Assert.That(await _queue.ReadyAsync(), Is.EqualTo(1));
    }

    [Test]
    public async Task An_instant_not_later_than_the_last_one_is_refused()
    {
        await LastFiredAsync(_now.AddMinutes(-1));

        Assert.That(await FireAsync(_now.AddMinutes(-2)), Is.EqualTo(FireCode.AlreadyFired));
        Assert.That(await FireAsync(_now.AddMinutes(-1)), Is.EqualTo(FireCode.AlreadyFired));
        Assert.That(await _queue.ReadyAsync(), Is.Zero);
    }

    [Test]
    public async Task A_new_schedule_fires_nothing_from_before_it_was_new() =>
        Assert.That(await FireAsync(_now.AddMinutes(-1)), Is.EqualTo(FireCode.AlreadyFired));

    [Test]
    public async Task A_changed_schedule_fires_nothing_from_before_the_change()
    {
        await LastFiredAsync(_now.AddHours(-1));
        var changed = Schedule with { Cron = "*/5 * * * *" };

        var state = await _queue.Ledger.RegisterAsync(changed, replace: true, CancellationToken.None);

        Assert.That(state.LastFired, Is.GreaterThanOrEqualTo(_now));
        Assert.That(await FireAsync(_now.AddMinutes(-1), changed), Is.EqualTo(FireCode.AlreadyFired));
    }

    [Test]
    public async Task An_unchanged_schedule_remembers_what_it_missed()
    {
        await LastFiredAsync(_now.AddHours(-1));

        var state = await _queue.Ledger.RegisterAsync(Schedule, replace: true, CancellationToken.None);

        Assert.That(state.LastFired, Is.EqualTo(_now.AddHours(-1)));
    }

    [Test]
    public async Task Another_version_than_the_stored_one_does_not_fire_and_does_not_come_back_by_itself()
    {
        await LastFiredAsync(_now.AddMinutes(-5));
        var newer = Schedule with { Cron = "*/2 * * * *" };
        await _queue.Ledger.RegisterAsync(newer, replace: true, CancellationToken.None);

        var old = await _queue.Ledger.RegisterAsync(Schedule, replace: false, CancellationToken.None);

        Assert.That(old.Current, Is.False);
        Assert.That(await FireAsync(_now), Is.EqualTo(FireCode.OtherVersion));
    }

    [Test]
    public async Task An_instant_in_the_future_of_Redis_is_refused_with_how_far_it_is()
    {
        var reply = await _queue.Ledger.FireAsync(Schedule, _now.AddMinutes(1), Envelope(), CancellationToken.None);

        Assert.That(reply.Code, Is.EqualTo(FireCode.TooEarly));
        Assert.That(reply.Early.TotalSeconds, Is.InRange(50, 61));
        Assert.That(await _queue.ReadyAsync(), Is.Zero);
    }

    private Task LastFiredAsync(DateTimeOffset instant) =>
        _queue.Queue.HashSetAsync(_queue.Keys.Fired, Schedule.Id, instant.ToUnixTimeSeconds());

    private async Task<FireCode> FireAsync(DateTimeOffset instant, JobSchedule? schedule = null) =>
        (await _queue.Ledger.FireAsync(schedule ?? Schedule, instant, Envelope(), CancellationToken.None)).Code;

    private static JobEnvelope Envelope() => new() { TaskId = JobEnvelope.NewTaskId(), TaskName = "check_expiring_tokens" };
}
