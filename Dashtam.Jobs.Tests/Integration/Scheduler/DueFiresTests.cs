using Dashtam.Jobs.Core.Execution.Catalog;
using Dashtam.Jobs.Core.Infrastructure.Redis;
using Dashtam.Jobs.Core.Schedules;
using Dashtam.Jobs.Scheduler.Firing;
using Dashtam.Jobs.Tests.Support;
using Dashtam.Jobs.Tests.Support.Fakes;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using NUnit.Framework;
using StackExchange.Redis;

namespace Dashtam.Jobs.Tests.Integration.Scheduler;

/// <summary>Two schedulers after an outage, whose replies may be lost, on a real Redis.</summary>
[Category("Integration")]
[OnEachServer]
internal sealed class DueFiresTests
{
    private static readonly JobSchedule Schedule = new(
        "check_expiring_tokens", "check_expiring_tokens", "* * * * *", "UTC", Setting: null);

    private readonly JobCatalog _jobs = new(new ConfigurationBuilder().Build(), NullLogger<JobCatalog>.Instance);
    private TestQueue _queue = null!;

    [SetUp]
    public async Task SetUp() => _queue = await TestQueue.CreateAsync();

    [TearDown]
    public async Task TearDown() => await _queue.DisposeAsync();

    [TestCase(MisfirePolicy.None, 100, 0, 10)]
    [TestCase(MisfirePolicy.Latest, 100, 1, 9)]
    [TestCase(MisfirePolicy.All, 100, 10, 0)]
    [TestCase(MisfirePolicy.All, 3, 3, 7)]
    public async Task After_an_outage_exactly_what_the_policy_says_is_enqueued(
        MisfirePolicy policy, int limit, int enqueued, int passedOver)
    {
        var firing = Read(Schedule with { CatchUp = policy, CatchUpLimit = limit });
        var now = await MissedMinutesAsync(firing, 10);

        await Task.WhenAll(Scheduler().FireAsync(firing, now, now, default), Scheduler().FireAsync(firing, now, now, default));

        var status = (await _queue.Control.ListAsync(CancellationToken.None)).Single();
        Assert.That(await _queue.ReadyAsync(), Is.EqualTo(enqueued));
        Assert.That((status.Fires.Fired, status.Fires.PassedOver), Is.EqualTo((enqueued, passedOver)));
        Assert.That(status.Fires.CaughtUp, Is.EqualTo(enqueued));
    }

    [Test]
    public async Task Nothing_old_fires_later_where_nothing_is_caught_up()
    {
        var none = Read(Schedule with { CatchUp = MisfirePolicy.None });
        var now = await MissedMinutesAsync(none, 10);
        await Scheduler().FireAsync(none, now, now, default);

        var reply = await Scheduler().FireAsync(Read(Schedule with { CatchUp = MisfirePolicy.All }), now, now, default);

        Assert.That(reply.Code, Is.EqualTo(FireCode.AlreadyFired));
        Assert.That(await _queue.ReadyAsync(), Is.Zero);
    }

    [TestCase(MisfirePolicy.Latest, 1)]
    [TestCase(MisfirePolicy.All, 10)]
    public async Task Lost_replies_double_nothing(MisfirePolicy policy, int enqueued)
    {
        var firing = Read(Schedule with { CatchUp = policy });
        var now = await MissedMinutesAsync(firing, 10);
        var first = Scheduler(new LosesReplies(_queue.Schedules));
        var second = Scheduler(new LosesReplies(_queue.Schedules));

        await Task.WhenAll(UntilAnsweredAsync(first, firing, now), UntilAnsweredAsync(second, firing, now));

        Assert.That(await _queue.ReadyAsync(), Is.EqualTo(enqueued));
    }

    [Test]
    public async Task After_a_loss_of_data_what_was_missed_since_is_caught_up_and_nothing_fires_twice()
    {
        var firing = Read(Schedule with { CatchUp = MisfirePolicy.All });
        var now = await MissedMinutesAsync(firing, 10);
        DueFires[] schedulers = [Scheduler(), Scheduler()];
        foreach (var scheduler in schedulers)
        {
            await scheduler.FireAsync(firing, now.AddMinutes(-3), now, default); // all but the last three
        }

        await _queue.Queue.KeyDeleteAsync(
            [_queue.Keys.Schedules, _queue.Keys.Fired, _queue.Keys.ScheduleStats, _queue.Keys.Ready]);
        await Task.WhenAll(schedulers.Select(scheduler => scheduler.FireAsync(firing, now, now, default)));

        Assert.That(await _queue.ReadyAsync(), Is.EqualTo(3));
    }

    [Test]
    public async Task A_scheduler_that_starts_after_a_loss_of_data_starts_now()
    {
        var firing = Read(Schedule with { CatchUp = MisfirePolicy.All });
        var now = await MissedMinutesAsync(firing, 10);
        await _queue.Queue.KeyDeleteAsync([_queue.Keys.Schedules, _queue.Keys.Fired]);

        await Scheduler().FireAsync(firing, now, now, default);

        Assert.That(await _queue.ReadyAsync(), Is.Zero);
    }

    [Test]
    public async Task A_resumed_schedule_fires_on_in_a_scheduler_that_has_seen_it_paused()
    {
        var firing = Read(Schedule with { CatchUp = MisfirePolicy.All });
        var now = await MissedMinutesAsync(firing, 10);
        var scheduler = Scheduler();
        await _queue.Control.PauseAsync(Schedule.Id, CancellationToken.None);
        var paused = await scheduler.FireAsync(firing, now, now, default);
        await _queue.Control.ResumeAsync(Schedule.Id, CancellationToken.None);
        await SetLastFiredAsync(now); // as if the next minute had come

        var resumed = await scheduler.FireAsync(firing, now.AddSeconds(1), now, default);
        await SetLastFiredAsync(now.AddMinutes(-1));
        var next = await Scheduler().FireAsync(firing, now, now, default);

        Assert.That(paused.Code, Is.EqualTo(FireCode.Paused));
        Assert.That(resumed.Code, Is.EqualTo(FireCode.AlreadyFired));
        Assert.That(next.Enqueued, Is.EqualTo(1));
    }

    [Test]
    public async Task A_roll_out_that_is_undone_fires_on_in_the_version_before_and_two_versions_that_live_do_not_alternate()
    {
        var time = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        var older = Read(Schedule with { CatchUp = MisfirePolicy.All });
        var newer = Read(Schedule with { Cron = "*/2 * * * *" });
        var (first, second) = (Scheduler(time: time), Scheduler(time: time));
        await first.RegisterAsync(older.Schedule, default);
        await second.RegisterAsync(newer.Schedule, default);

        List<(bool First, bool Second)> current = [];
        for (var look = 0; look < 20; look++)
        {
            await PassAsync(time);
            var one = await first.RegisterAsync(older.Schedule, default);
            current.Add((one.Current, (await second.RegisterAsync(newer.Schedule, default)).Current));
        }

        for (var look = 0; look < 8; look++)
        {
            await PassAsync(time);
            await first.RegisterAsync(older.Schedule, default);
        }

        Assert.That(current, Is.All.EqualTo((false, true)));
        Assert.That((await first.RegisterAsync(older.Schedule, default)).Current, Is.True);
        Assert.That((await second.RegisterAsync(newer.Schedule, default)).Current, Is.False);
        var now = await MissedMinutesAsync(older, 10);
        Assert.That((await Scheduler().FireAsync(older, now, now, default)).Enqueued, Is.EqualTo(10));
    }

    private static FiringSchedule Read(JobSchedule schedule) =>
        ScheduleCatalog.Read(schedule, TimeProvider.System.GetUtcNow());

    /// <summary>Lets the last minutes be missed, and returns a time at which the last of them is already late.</summary>
    private async Task<DateTimeOffset> MissedMinutesAsync(FiringSchedule firing, int minutes)
    {
        var state = await _queue.Ledger.RegisterAsync(firing.Schedule, remembered: null, CancellationToken.None);
        var minute = new DateTimeOffset(state.Now.Ticks - (state.Now.Ticks % TimeSpan.TicksPerMinute), TimeSpan.Zero).AddMinutes(-1);
        await SetLastFiredAsync(minute.AddMinutes(-minutes));
        return minute.AddSeconds(30);
    }

    /// <summary>Ten seconds for the schedulers, a millisecond for Redis.</summary>
    private async Task PassAsync(FakeTimeProvider time)
    {
        time.Advance(TimeSpan.FromSeconds(10));
        var before = await _queue.Ledger.GetTimeAsync(default);
        while (await _queue.Ledger.GetTimeAsync(default) - before < TimeSpan.FromMilliseconds(1))
        {
        }
    }

    private Task SetLastFiredAsync(DateTimeOffset instant) =>
        _queue.Queue.HashSetAsync(_queue.Keys.Fired, Schedule.Id, instant.ToUnixTimeSeconds());

    private DueFires Scheduler(IScheduleLedger? ledger = null, TimeProvider? time = null)
    {
        var queues = FakeFiring.Only(new ClockStep(), TimeProvider.System);
        return new DueFires(
            ledger ?? _queue.Schedules, _jobs, queues, FakeFiring.Moved(queues, _queue.Schedules),
            new MarkWatch(NullLogger<MarkWatch>.Instance),
            new ClaimWatch(time ?? TimeProvider.System, NullLogger<ClaimWatch>.Instance), time ?? TimeProvider.System,
            NullLogger<DueFires>.Instance);
    }

    private static async Task UntilAnsweredAsync(DueFires scheduler, FiringSchedule firing, DateTimeOffset now)
    {
        while (true)
        {
            try
            {
                await scheduler.FireAsync(firing, now, now, CancellationToken.None);
                return;
            }
            catch (Exception error) when (RedisFailure.Is(error))
            {
                // As ScheduleFirer does, without its pause.
            }
        }
    }

    /// <summary>The ledger, over a connection that breaks between each script's run and its reply, the first time.</summary>
    private sealed class LosesReplies(IScheduleLedger ledger) : IScheduleLedger
    {
        private bool _lostRegistration;
        private bool _lostFire;

        public async Task<ScheduleState> RegisterAsync(
            JobSchedule schedule, ScheduleState? remembered, CancellationToken cancellationToken)
        {
            var state = await ledger.RegisterAsync(schedule, remembered, cancellationToken);
            return _lostRegistration ? state : throw Lost(ref _lostRegistration);
        }

        public async Task<FireReply> FireAsync(JobSchedule schedule, FireBatch batch, CancellationToken cancellationToken)
        {
            var reply = await ledger.FireAsync(schedule, batch, cancellationToken);
            return _lostFire ? reply : throw Lost(ref _lostFire);
        }

        public Task<IReadOnlyDictionary<string, TimeSpan?>> FindAsync(
            string? queue, IReadOnlyCollection<string> scheduleIds, CancellationToken cancellationToken) =>
            ledger.FindAsync(queue, scheduleIds, cancellationToken);

        public Task<DateTimeOffset> GetTimeAsync(string? queue, CancellationToken cancellationToken) =>
            ledger.GetTimeAsync(queue, cancellationToken);

        private static RedisConnectionException Lost(ref bool lost)
        {
            lost = true;
            return new RedisConnectionException(
                ConnectionFailureType.SocketClosed, CommandFlags.None, "lost", innerException: null, CommandStatus.Sent);
        }
    }
}
