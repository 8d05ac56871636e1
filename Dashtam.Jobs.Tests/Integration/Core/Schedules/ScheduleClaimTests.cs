using Dashtam.Jobs.Core.Schedules;
using Dashtam.Jobs.Core.Wire;
using Dashtam.Jobs.Tests.Support;
using NUnit.Framework;

namespace Dashtam.Jobs.Tests.Integration.Core.Schedules;

/// <summary>A schedule that is registered in one version, and a scheduler that knows another one.</summary>
[Category("Integration")]
internal sealed class ScheduleClaimTests
{
    private static readonly JobSchedule Newer = new("tokens", "check_expiring_tokens", "*/2 * * * *", "UTC", Setting: null);
    private static readonly JobSchedule Older = Newer with { Cron = "* * * * *" };

    private TestQueue _queue = null!;
    private ScheduleState _holder;
    private ScheduleState _asker;

    [SetUp]
    public async Task SetUp()
    {
        _queue = await TestQueue.CreateAsync();
        _asker = await RegisterAsync(Older, remembered: null);
        _holder = await RegisterAsync(Newer, remembered: null);
        _asker = await RegisterAsync(Older, _asker);
    }

    [TearDown]
    public async Task TearDown() => await _queue.DisposeAsync();

    [Test]
    public async Task One_that_no_scheduler_of_its_version_looks_after_is_taken_over_and_goes_on_from_its_mark()
    {
        var mark = _holder.Now.AddMinutes(-5);
        await _queue.Queue.HashSetAsync(_queue.Keys.Fired, Newer.Id, mark.ToUnixTimeSeconds());

        var state = await TakeAsync(_asker);
        var fired = await FireAsync(mark.AddMinutes(4), after: mark);
        var holder = await RegisterAsync(Newer, _holder with { LastFired = mark });

        Assert.That((state.Current, state.TakenOver, state.LastFired), Is.EqualTo((true, true, mark)));
        Assert.That(state.StoredVersion, Is.EqualTo(Newer.Version));
        Assert.That((fired.Code, fired.Enqueued), Is.EqualTo((FireCode.Fired, 1)));
        Assert.That((holder.Current, holder.StoredVersion), Is.EqualTo((false, Older.Version)));
    }

    [Test]
    public async Task One_that_is_looked_after_is_not_taken_over()
    {
        await _queue.Queue.HashSetAsync(_queue.Keys.SchedulesAlive, Newer.Id, "1");
        _asker = await RegisterAsync(Older, _asker);
        await RegisterAsync(Newer, _holder);

        var state = await TakeAsync(_asker);

        Assert.That((state.Current, state.TakenOver, state.StoredVersion), Is.EqualTo((false, false, Newer.Version)));
        Assert.That(state.HolderSign, Is.Not.EqualTo("1"));
    }

    [Test]
    public async Task One_of_a_release_that_gives_no_sign_of_life_is_taken_over_as_well()
    {
        await _queue.Queue.KeyDeleteAsync(_queue.Keys.SchedulesAlive);
        _asker = await RegisterAsync(Older, _asker);

        Assert.That(_asker.HolderSign, Is.Empty);
        Assert.That((await TakeAsync(_asker)).TakenOver, Is.True);
    }

    [Test]
    public async Task Where_signs_of_life_cannot_be_read_schedules_fire_and_nothing_is_taken_over()
    {
        await _queue.Queue.KeyDeleteAsync(_queue.Keys.SchedulesAlive);
        await _queue.Queue.StringSetAsync(_queue.Keys.SchedulesAlive, "?");
        _asker = await RegisterAsync(Older, _asker);

        var state = await RegisterAsync(Older, _asker with { SilentHolder = "?" });

        Assert.That((_asker.HolderSign, state.Current), Is.EqualTo((default(string), false)));
        Assert.That((await RegisterAsync(Newer, _holder)).Current, Is.True);
    }

    [Test]
    public async Task The_same_version_catches_up_after_any_down_time()
    {
        var mark = _holder.Now.AddDays(-3);
        await _queue.Queue.HashSetAsync(_queue.Keys.Fired, Newer.Id, mark.ToUnixTimeSeconds());
        await _queue.Queue.HashSetAsync(_queue.Keys.SchedulesAlive, Newer.Id, mark.ToUnixTimeMilliseconds());

        var state = await RegisterAsync(Newer, remembered: null);

        Assert.That((state.Current, state.LastFired), Is.EqualTo((true, mark)));
    }

    [Test]
    public async Task A_mark_that_cannot_be_read_is_taken_over_by_nobody_and_its_holder_lives()
    {
        await _queue.Queue.HashSetAsync(_queue.Keys.Fired, Newer.Id, "10:00");
        await _queue.Queue.HashSetAsync(_queue.Keys.SchedulesAlive, Newer.Id, "1");

        await TakeAsync(_asker with { HolderSign = "1" });
        await RegisterAsync(Newer, _holder);

        Assert.That((string?)await _queue.Queue.HashGetAsync(_queue.Keys.Schedules, Newer.Id), Is.EqualTo(Newer.Version));
        Assert.That((long)await _queue.Queue.HashGetAsync(_queue.Keys.SchedulesAlive, Newer.Id), Is.GreaterThan(1));
    }

    private Task<FireReply> FireAsync(DateTimeOffset instant, DateTimeOffset after) => _queue.Ledger.FireAsync(
        Older,
        new FireBatch(
            after, instant,
            [new ScheduledFire(instant, new JobEnvelope { TaskId = JobEnvelope.NewTaskId(), TaskName = Older.JobName })], 0),
        CancellationToken.None);

    private Task<ScheduleState> TakeAsync(ScheduleState asker) =>
        RegisterAsync(Older, asker with { SilentHolder = asker.HolderSign });

    private Task<ScheduleState> RegisterAsync(JobSchedule schedule, ScheduleState? remembered) =>
        _queue.Ledger.RegisterAsync(schedule, remembered, CancellationToken.None);
}
