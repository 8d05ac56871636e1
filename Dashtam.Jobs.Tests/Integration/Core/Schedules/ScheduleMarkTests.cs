using Dashtam.Jobs.Core.Schedules;
using Dashtam.Jobs.Core.Wire;
using Dashtam.Jobs.Tests.Support;
using NUnit.Framework;
using StackExchange.Redis;

namespace Dashtam.Jobs.Tests.Integration.Core.Schedules;

/// <summary>Marks that are no instants, or lie in Redis' future, on a real Redis.</summary>
[Category("Integration")]
internal sealed class ScheduleMarkTests
{
    private static readonly JobSchedule Schedule = new("tokens", "check_expiring_tokens", "* * * * *", "UTC", Setting: null);

    private TestQueue _queue = null!;
    private ScheduleMarks _marks = null!;
    private ScheduleState _state;

    [SetUp]
    public async Task SetUp()
    {
        _queue = await TestQueue.CreateAsync();
        _marks = new ScheduleMarks(_queue, _queue.Keys);
        _state = await RegisterAsync(remembered: null);
    }

    [TearDown]
    public async Task TearDown() => await _queue.DisposeAsync();

    [TestCase("10:00")]
    [TestCase("")]
    [TestCase("-5")]
    [TestCase("nan")]
    [TestCase("inf")]
    [TestCase("1e400")]
    [TestCase("0x10")]
    [TestCase("1.5")]
    [TestCase("01700000000")]
    [TestCase("00")]
    [TestCase("253402300799")] // the year 9999
    [TestCase("1795000000000")] // ms
    [TestCase("1795000000000000")] // µs
    public async Task A_fired_mark_that_is_no_instant_is_named_and_left_as_it_is(string mark)
    {
        await _queue.Queue.HashSetAsync(_queue.Keys.Fired, Schedule.Id, mark);

        var state = await RegisterAsync(_state);
        var reply = await FireAsync(_state.Now.AddMinutes(-1));
        await _queue.Control.PauseAsync(Schedule.Id, CancellationToken.None);
        await _queue.Control.ResumeAsync(Schedule.Id, CancellationToken.None);
        var status = (await _queue.Control.ListAsync(CancellationToken.None)).Single();

        Assert.That(state.UnreadableFired, Is.EqualTo(mark));
        Assert.That(reply.Code, Is.EqualTo(FireCode.Unreadable));
        Assert.That(status.LastFired, Is.EqualTo(DateTimeOffset.UnixEpoch));
        Assert.That((string?)await FiredAsync(), Is.EqualTo(mark));
    }

    [TestCase("10:00")]
    [TestCase("")]
    [TestCase("-5")]
    [TestCase("0")]
    [TestCase("nan")]
    [TestCase("1e400")]
    [TestCase("9999999999999999")]
    [TestCase("0170000000000")]
    public async Task A_pause_that_is_no_instant_is_a_pause(string mark)
    {
        await _queue.Queue.HashSetAsync(_queue.Keys.PausedSchedules, Schedule.Id, mark);

        var state = await RegisterAsync(_state);
        await _queue.Queue.HashSetAsync(_queue.Keys.Fired, Schedule.Id, _state.Now.AddMinutes(-2).ToUnixTimeSeconds());
        var reply = await FireAsync(_state.Now.AddMinutes(-1), after: _state.Now.AddMinutes(-2));
        var since = await _queue.Control.PauseAsync(Schedule.Id, CancellationToken.None);

        Assert.That(state.UnreadablePause, Is.EqualTo(mark));
        Assert.That(state.PausedSince, Is.Not.Null);
        Assert.That(reply.Code, Is.EqualTo(FireCode.Paused));
        Assert.That(since, Is.EqualTo(DateTimeOffset.UnixEpoch));
        Assert.That((string?)await _queue.Queue.HashGetAsync(_queue.Keys.PausedSchedules, Schedule.Id), Is.EqualTo(mark));
    }

    [Test]
    public async Task What_was_seen_in_the_future_is_forgotten_by_a_clock_that_has_agreed_and_written_by_none()
    {
        var future = _state with { LastFired = _state.Now.AddDays(1) };

        var doubtful = await RegisterAsync(future);
        var wrong = await RegisterAsync(future with { AgreedClock = DateTimeOffset.UtcNow.AddHours(1) });
        var agreed = await RegisterAsync(future with { AgreedClock = DateTimeOffset.UtcNow });

        Assert.That((doubtful.IsAhead, wrong.IsAhead, agreed.IsAhead), Is.EqualTo((true, true, false)));
        Assert.That((long)await FiredAsync(), Is.EqualTo(_state.LastFired.ToUnixTimeSeconds()));
    }

    [Test]
    public async Task A_mark_in_the_future_is_moved_back_once_and_only_where_no_clock_is_in_doubt()
    {
        var ahead = _state.Now.AddDays(400);
        await _queue.Queue.HashSetAsync(_queue.Keys.Fired, Schedule.Id, ahead.ToUnixTimeSeconds());
        Assert.That((await RegisterAsync(_state)).IsAhead, Is.True);

        var otherMark = await MoveBackAsync(ahead.AddSeconds(1), DateTimeOffset.UtcNow);
        var otherClock = await MoveBackAsync(ahead, DateTimeOffset.UtcNow.AddHours(-1));
        await _marks.ReportSkewAsync(TimeSpan.FromHours(1), CancellationToken.None);
        var reported = await MoveBackAsync(ahead, DateTimeOffset.UtcNow);
        var lifetime = await _queue.Queue.KeyTimeToLiveAsync(_queue.Keys.Skewed);
        await _queue.Queue.KeyDeleteAsync(_queue.Keys.Skewed);
        var moved = await MoveBackAsync(ahead, DateTimeOffset.UtcNow);
        var again = await MoveBackAsync(ahead, DateTimeOffset.UtcNow);

        Assert.That((otherMark, otherClock, reported, moved, again), Is.EqualTo((false, false, false, true, false)));
        Assert.That(lifetime, Is.Not.Null);
        Assert.That((long)await FiredAsync(), Is.EqualTo(_state.Now.AddMinutes(-1).ToUnixTimeSeconds()));
    }

    private Task<ScheduleState> RegisterAsync(ScheduleState? remembered) =>
        _queue.Ledger.RegisterAsync(Schedule, remembered, CancellationToken.None);

    private Task<bool> MoveBackAsync(DateTimeOffset mark, DateTimeOffset clock) =>
        _marks.MoveBackAsync(Schedule.Id, mark, _state.Now.AddMinutes(-1), clock, CancellationToken.None);

    private async Task<RedisValue> FiredAsync() =>
        await _queue.Queue.HashGetAsync(_queue.Keys.Fired, Schedule.Id);

    private Task<FireReply> FireAsync(DateTimeOffset instant, DateTimeOffset? after = null) => _queue.Ledger.FireAsync(
        Schedule,
        new FireBatch(
            after ?? _state.LastFired, instant,
            [new ScheduledFire(instant, new JobEnvelope { TaskId = "t", TaskName = Schedule.JobName })], PassedOver: 0),
        CancellationToken.None);
}
