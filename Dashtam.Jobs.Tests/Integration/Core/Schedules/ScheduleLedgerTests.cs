using Dashtam.Jobs.Core.Schedules;
using Dashtam.Jobs.Core.Wire;
using Dashtam.Jobs.Tests.Support;
using NUnit.Framework;

namespace Dashtam.Jobs.Tests.Integration.Core.Schedules;

[Category("Integration")]
[OnEachServer]
internal sealed class ScheduleLedgerTests
{
    private static readonly JobSchedule Schedule = new("tokens", "check_expiring_tokens", "* * * * *", "UTC", Setting: null);

    private TestQueue _queue = null!;
    private DateTimeOffset _now;

    [SetUp]
    public async Task SetUp()
    {
        _queue = await TestQueue.CreateAsync();
        _now = (await RegisterAsync()).Now;
    }

    [TearDown]
    public async Task TearDown() => await _queue.DisposeAsync();

    [Test]
    public async Task An_instant_fires_once_however_many_schedulers_fire_it()
    {
        await LastFiredAsync(_now.AddMinutes(-2));

        var replies = await Task.WhenAll(
            Enumerable.Range(0, 20).Select(_ => FireAsync(after: _now.AddMinutes(-2), _now.AddMinutes(-1))));

        Assert.That(replies.Count(reply => reply.Code == FireCode.Fired), Is.EqualTo(1));
        Assert.That(await _queue.ReadyAsync(), Is.EqualTo(1));
    }

    [Test]
    public async Task Several_instants_fire_in_one_step_in_ascending_order_and_once()
    {
        await LastFiredAsync(_now.AddMinutes(-4));
        DateTimeOffset[] instants = [_now.AddMinutes(-3), _now.AddMinutes(-2), _now.AddMinutes(-1)];

        var first = await FireAsync(after: _now.AddMinutes(-4), instants);
        var again = await FireAsync(after: _now.AddMinutes(-4), instants);

        Assert.That(first, Is.EqualTo(new FireReply(FireCode.Fired, TimeSpan.Zero, _now.AddMinutes(-1), Enqueued: 3)));
        Assert.That(again.Code, Is.EqualTo(FireCode.AlreadyFired), "as after a lost reply");
        Assert.That(await TaskIdsAsync(), Is.EqualTo(instants.Select(TaskId)));
    }

    [Test]
    public async Task What_was_worked_out_before_another_fire_writes_nothing()
    {
        await LastFiredAsync(_now.AddMinutes(-3));

        var reply = await FireAsync(after: _now.AddMinutes(-5), _now.AddMinutes(-1));

        Assert.That(reply.Code, Is.EqualTo(FireCode.OutOfDate));
        Assert.That(reply.LastFired, Is.EqualTo(_now.AddMinutes(-3)));
        Assert.That(await _queue.ReadyAsync(), Is.Zero);
    }

    [Test]
    public async Task A_new_schedule_fires_nothing_from_before_it_was_new() =>
        Assert.That((await FireAsync(after: _now.AddMinutes(-2), _now.AddMinutes(-1))).Code, Is.EqualTo(FireCode.AlreadyFired));

    [Test]
    public async Task A_changed_schedule_fires_nothing_from_before_the_change()
    {
        await LastFiredAsync(_now.AddHours(-1));
        var changed = Schedule with { Cron = "*/5 * * * *" };

        var state = await RegisterAsync(changed);

        Assert.That(state.LastFired, Is.GreaterThanOrEqualTo(_now));
        var reply = await FireAsync(changed, after: _now.AddMinutes(-2), _now.AddMinutes(-1));
        Assert.That(reply.Code, Is.EqualTo(FireCode.AlreadyFired));
    }

    [Test]
    public async Task Other_policies_do_not_make_it_another_schedule()
    {
        await LastFiredAsync(_now.AddHours(-1));

        var state = await RegisterAsync(Schedule with { CatchUp = MisfirePolicy.All, Overlap = OverlapPolicy.Skip });

        Assert.That(state.LastFired, Is.EqualTo(_now.AddHours(-1)));
    }

    [Test]
    public async Task Another_version_than_the_stored_one_does_not_fire_and_does_not_come_back_by_itself()
    {
        await LastFiredAsync(_now.AddMinutes(-5));
        var seen = await RegisterAsync();
        await RegisterAsync(Schedule with { Cron = "*/2 * * * *" });

        var old = await _queue.Ledger.RegisterAsync(Schedule, seen, CancellationToken.None);

        Assert.That(old.Current, Is.False);
        Assert.That((await FireAsync(after: old.LastFired, _now)).Code, Is.EqualTo(FireCode.OtherVersion));
    }

    [Test]
    public async Task An_instant_in_the_future_of_Redis_is_refused_with_how_far_it_is()
    {
        var reply = await FireAsync(after: _now, _now.AddMinutes(1));

        Assert.That(reply.Code, Is.EqualTo(FireCode.TooEarly));
        Assert.That(reply.Early.TotalSeconds, Is.InRange(50, 61));
        Assert.That(await _queue.ReadyAsync(), Is.Zero);
    }

    [Test]
    public async Task Every_instant_is_in_the_ledger_of_the_schedule()
    {
        await LastFiredAsync(_now.AddMinutes(-9));
        await FireAsync(Schedule, passedOver: 4, after: _now.AddMinutes(-9), _now.AddMinutes(-2));
        await FireAsync(after: _now.AddMinutes(-2), _now);

        var status = (await _queue.Control.ListAsync(CancellationToken.None)).Single();

        Assert.That(status.LastFired, Is.EqualTo(_now));
        Assert.That(status.Fires with { LastLag = TimeSpan.Zero }, Is.EqualTo(
            new ScheduleFireCounts(Fired: 2, CaughtUp: 1, PassedOver: 4, Skipped: 0, LastLag: TimeSpan.Zero)));
        Assert.That(status.Fires.Expected, Is.EqualTo(6));
        Assert.That(status.Fires.LastLag, Is.LessThan(TimeSpan.FromSeconds(10)));
        Assert.That((status.Cron, status.TimeZone, status.JobName), Is.EqualTo(("* * * * *", "UTC", "check_expiring_tokens")));
    }

    [Test]
    public async Task A_Redis_that_lost_its_data_is_told_what_has_fired()
    {
        var seen = await RegisterAsync() with { LastFired = _now.AddMinutes(-3) };
        await _queue.Queue.KeyDeleteAsync([_queue.Keys.Schedules, _queue.Keys.Fired]);

        var state = await _queue.Ledger.RegisterAsync(Schedule, seen, CancellationToken.None);

        Assert.That(state.LastFired, Is.EqualTo(_now.AddMinutes(-3)), "what was missed since can be caught up");
        Assert.That((await FireAsync(after: _now.AddMinutes(-5), _now.AddMinutes(-4))).Code, Is.EqualTo(FireCode.AlreadyFired));
        Assert.That((await FireAsync(after: _now.AddMinutes(-3), _now.AddMinutes(-2))).Code, Is.EqualTo(FireCode.Fired));
    }

    [Test]
    public async Task A_Redis_that_was_put_back_to_an_old_snapshot_is_told_what_has_fired()
    {
        var seen = await RegisterAsync() with { LastFired = _now.AddMinutes(-1) };
        await _queue.Queue.HashSetAsync(_queue.Keys.Schedules, Schedule.Id, "0 0 * * *|UTC|check_expiring_tokens");
        await LastFiredAsync(_now.AddHours(-2));

        var state = await _queue.Ledger.RegisterAsync(Schedule, seen, CancellationToken.None);

        Assert.That(state.Current, Is.True, "the snapshot's version is older than what was seen to fire");
        Assert.That(state.LastFired, Is.EqualTo(_now.AddMinutes(-1)));
    }

    [Test]
    public async Task Redis_tells_its_time() => Assert.That(
        await _queue.Ledger.GetTimeAsync(CancellationToken.None), Is.EqualTo(_now).Within(TimeSpan.FromSeconds(10)));

    private Task<ScheduleState> RegisterAsync(JobSchedule? schedule = null) =>
        _queue.Ledger.RegisterAsync(schedule ?? Schedule, remembered: null, CancellationToken.None);

    private Task LastFiredAsync(DateTimeOffset instant) =>
        _queue.Queue.HashSetAsync(_queue.Keys.Fired, Schedule.Id, instant.ToUnixTimeSeconds());

    private Task<FireReply> FireAsync(DateTimeOffset after, params DateTimeOffset[] instants) =>
        FireAsync(Schedule, after, instants);

    private Task<FireReply> FireAsync(JobSchedule schedule, DateTimeOffset after, params DateTimeOffset[] instants) =>
        FireAsync(schedule, passedOver: 0, after, instants);

    private Task<FireReply> FireAsync(
        JobSchedule schedule, int passedOver, DateTimeOffset after, params DateTimeOffset[] instants)
    {
        var fires = instants.Select(instant => new ScheduledFire(
            instant, new JobEnvelope { TaskId = TaskId(instant), TaskName = schedule.JobName }));
        return _queue.Ledger.FireAsync(
            schedule, new FireBatch(after, instants[^1], [.. fires], passedOver), CancellationToken.None);
    }

    private static string TaskId(DateTimeOffset instant) => $"at {instant:O}";

    /// <summary>The ready jobs, in the order in which they will be taken.</summary>
    private async Task<IEnumerable<string>> TaskIdsAsync() =>
        (await _queue.Queue.ListRangeAsync(_queue.Keys.Ready)).Reverse().Select(bytes =>
            JobEnvelope.TryParse((byte[])bytes!, out var envelope, out _) ? envelope.TaskId : "?");
}
