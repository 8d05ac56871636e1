using Dashtam.Jobs.Core.Schedules;
using Dashtam.Jobs.Core.Wire;
using Dashtam.Jobs.Scheduler.Firing;
using Dashtam.Jobs.Tests.Support;
using NUnit.Framework;

namespace Dashtam.Jobs.Tests.Integration.Core.Schedules;

[Category("Integration")]
[OnEachServer]
internal sealed class ScheduleControlTests
{
    private static readonly JobSchedule Schedule = new("tokens", "check_expiring_tokens", "* * * * *", "UTC", Setting: null);

    private TestQueue _queue = null!;
    private ScheduleState _state;

    [SetUp]
    public async Task SetUp()
    {
        _queue = await TestQueue.CreateAsync();
        await RegisterAsync(remembered: null);
        var minuteAgo = DateTimeOffset.UtcNow.AddMinutes(-1).ToUnixTimeSeconds();
        await _queue.Queue.HashSetAsync(_queue.Keys.Fired, Schedule.Id, minuteAgo);
        _state = await RegisterAsync(remembered: null);
    }

    [TearDown]
    public async Task TearDown() => await _queue.DisposeAsync();

    [Test]
    public async Task A_paused_schedule_fires_nothing_from_no_scheduler()
    {
        await _queue.Control.PauseAsync("tokens", CancellationToken.None);

        var replies = await Task.WhenAll(FireAsync(_state.LastFired), FireAsync(_state.LastFired));

        Assert.That(replies.Select(reply => reply.Code), Is.EquivalentTo(new[] { FireCode.Paused, FireCode.AlreadyFired }));
        Assert.That(await _queue.ReadyAsync(), Is.Zero);
        Assert.That((await StatusAsync()).Fires.PassedOver, Is.EqualTo(1), "the instant is accounted for");
    }

    [Test]
    public async Task A_pause_survives_a_restart_and_can_be_seen()
    {
        var since = await _queue.Control.PauseAsync("tokens", CancellationToken.None);

        var restarted = await RegisterAsync(remembered: null);

        Assert.That(restarted.PausedSince, Is.EqualTo(since));
        Assert.That((await StatusAsync()).PausedSince, Is.EqualTo(since));
        Assert.That(await _queue.Control.PauseAsync("tokens", CancellationToken.None), Is.EqualTo(since), "again is no other pause");
    }

    [Test]
    public async Task A_pause_survives_a_change_of_the_schedule()
    {
        await _queue.Control.PauseAsync("tokens", CancellationToken.None);

        var changed = await _queue.Ledger.RegisterAsync(
            Schedule with { Cron = "*/5 * * * *" }, remembered: null, CancellationToken.None);

        Assert.That(changed.PausedSince, Is.Not.Null);
    }

    [Test]
    public async Task What_passed_while_it_was_paused_does_not_fire_when_it_is_resumed()
    {
        await _queue.Control.PauseAsync("tokens", CancellationToken.None);

        var resumed = await _queue.Control.ResumeAsync("tokens", CancellationToken.None);

        var state = await RegisterAsync(_state);
        Assert.That(resumed, Is.True);
        Assert.That(state.PausedSince, Is.Null);
        Assert.That(state.LastFired, Is.GreaterThanOrEqualTo(_state.Now));
        Assert.That((await FireAsync(_state.LastFired)).Code, Is.EqualTo(FireCode.AlreadyFired));
        Assert.That(await _queue.Control.ResumeAsync("tokens", CancellationToken.None), Is.False, "it was not paused any more");
    }

    [Test]
    public void A_schedule_that_does_not_exist_is_refused_with_those_that_do()
    {
        Assert.That(
            () => _queue.Control.PauseAsync("nope", CancellationToken.None),
            Throws.InstanceOf<UnknownScheduleException>().With.Message.Contains("'nope'").And.Message.Contains("tokens"));
        Assert.That(
            () => _queue.Control.ResumeAsync("nope", CancellationToken.None), Throws.InstanceOf<UnknownScheduleException>());
    }

    [Test]
    public async Task A_Redis_that_lost_its_data_is_told_of_the_pause()
    {
        var since = await _queue.Control.PauseAsync("tokens", CancellationToken.None);
        var seen = await RegisterAsync(_state);
        await _queue.Queue.KeyDeleteAsync([_queue.Keys.Schedules, _queue.Keys.Fired, _queue.Keys.PausedSchedules]);

        var healed = await RegisterAsync(seen);

        Assert.That(healed.PausedSince, Is.EqualTo(since));
        Assert.That((await FireAsync(_state.LastFired)).Code, Is.EqualTo(FireCode.Paused));
    }

    [Test]
    public async Task A_Redis_that_was_put_back_to_a_snapshot_from_before_the_pause_is_told_of_it()
    {
        var before = await _queue.Queue.HashGetAsync(_queue.Keys.Fired, Schedule.Id);
        await FireAsync(_state.LastFired);
        var since = await _queue.Control.PauseAsync("tokens", CancellationToken.None);
        var seen = await RegisterAsync(_state);
        await _queue.Queue.HashSetAsync(_queue.Keys.Fired, Schedule.Id, before);
        await _queue.Queue.KeyDeleteAsync(_queue.Keys.PausedSchedules);

        var healed = await RegisterAsync(seen);

        Assert.That((healed.PausedSince, healed.LastFired), Is.EqualTo((since, seen.LastFired)));
        Assert.That((await FireAsync(seen.LastFired)).Code, Is.Not.EqualTo(FireCode.Fired));
    }

    [Test]
    public async Task The_list_says_when_each_fires_next()
    {
        var now = new DateTimeOffset(2026, 11, 24, 3, 0, 30, TimeSpan.Zero);

        var running = (await _queue.Control.ListWithNextDueAsync(now, CancellationToken.None)).Single();
        await _queue.Control.PauseAsync("tokens", CancellationToken.None);
        var paused = (await _queue.Control.ListWithNextDueAsync(now, CancellationToken.None)).Single();

        Assert.That(running.NextDue, Is.EqualTo(now.AddSeconds(30)));
        Assert.That(paused.NextDue, Is.Null);
    }

    private Task<ScheduleState> RegisterAsync(ScheduleState? remembered) =>
        _queue.Ledger.RegisterAsync(Schedule, remembered, CancellationToken.None);

    private async Task<ScheduleStatus> StatusAsync() =>
        (await _queue.Control.ListAsync(CancellationToken.None)).Single();

    private Task<FireReply> FireAsync(DateTimeOffset after)
    {
        var instant = after.AddSeconds(30);
        var envelope = new JobEnvelope { TaskId = JobEnvelope.NewTaskId(), TaskName = Schedule.JobName };
        return _queue.Ledger.FireAsync(
            Schedule, new FireBatch(after, instant, [new ScheduledFire(instant, envelope)], PassedOver: 0), CancellationToken.None);
    }
}
