using Dashtam.Jobs.Core.Infrastructure.Redis;
using Dashtam.Jobs.Core.Schedules;
using Dashtam.Jobs.Scheduler.Firing;
using Dashtam.Jobs.Scheduler.Health;
using Dashtam.Jobs.Tests.Support.Fakes;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using NSubstitute;
using NUnit.Framework;
using Quartz;

namespace Dashtam.Jobs.Tests.Unit.Scheduler.Health;

/// <summary>A scheduler of three schedules, whose Redis and clock are well.</summary>
[Category("Unit")]
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal sealed class FiringHealthCheckTests : IAsyncDisposable
{
    private static readonly DateTimeOffset Now = new(2026, 11, 24, 3, 0, 1, TimeSpan.Zero);

    private readonly FakeTimeProvider _time = new(Now);
    private readonly ClockStep _clock = new();
    private readonly MarkWatch _marks = new(NullLogger<MarkWatch>.Instance);
    private readonly ClaimWatch _claims = new(TimeProvider.System, NullLogger<ClaimWatch>.Instance);
    private readonly RefusedSchedules _refused = new(NullLogger<RefusedSchedules>.Instance);
    private readonly RedisRefusal _refusal = new();
    private readonly ISchedulerFactory _schedulers = Substitute.For<ISchedulerFactory>();
    private readonly IScheduler _quartz = Substitute.For<IScheduler>();
    private readonly FiringSchedule[] _schedules = [.. new[] { "a_job", "b_job", "c_job" }.Select(Schedule)];
    private readonly FiringHealthCheck _health;

    public FiringHealthCheckTests()
    {
        var queues = FakeFiring.Only(_clock, _time);
        _schedulers.GetScheduler(default).ReturnsForAnyArgs(_quartz);
        _quartz.Status.Returns(SchedulerStatus.Running);
        _clock.Return();
        _clock.Compared(_time.GetTimestamp());
        queues.Firing[0].Reached.Mark();
        _health = new FiringHealthCheck(
            queues, FakeFiring.Moved(queues, new FakeScheduleLedger()), _marks, _claims, new ScheduleCatalog(_schedules), _refused, _refusal,
            _schedulers, _time);
    }

    public ValueTask DisposeAsync() => _quartz.DisposeAsync();

    [Test]
    public async Task Without_a_problem_schedules_fire()
    {
        var health = await CheckAsync();

        Assert.That((health.Status, health.Description), Is.EqualTo((HealthStatus.Healthy, "schedules fire")));
    }

    [TestCase("a_job", null, null)]
    [TestCase(null, "a_job", null)]
    [TestCase(null, null, "a_job")]
    [TestCase("a_job", "a_job", "a_job", Description = "one schedule with three problems is one schedule")]
    [TestCase("a_job", "b_job", "a_job")]
    public async Task What_does_not_fire_is_named_beside_the_others_that_do(string? mark, string? refused, string? superseded)
    {
        Silence(mark, refused, superseded);

        var health = await CheckAsync();

        Assert.That(health.Status, Is.EqualTo(HealthStatus.Degraded));
        Assert.That(health.Description, Does.StartWith("a_job does not fire").And.EndsWith("; the others fire"));
    }

    [TestCase("a_job b_job c_job", null, null)]
    [TestCase(null, "a_job b_job c_job", null)]
    [TestCase(null, null, "a_job b_job c_job")]
    [TestCase("a_job", "b_job", "c_job")]
    [TestCase("a_job b_job", "b_job c_job", null)]
    public async Task When_no_schedule_is_left_nobody_is_told_that_others_fire(string? marks, string? refused, string? superseded)
    {
        Silence(marks, refused, superseded);

        var health = await CheckAsync();

        Assert.That(health.Status, Is.EqualTo(HealthStatus.Degraded), "a restart would change nothing");
        Assert.That(
            health.Description, Does.StartWith("nothing fires here: ").And.Contain("a_job does not fire").And.Contain("c_job does not fire").And.Not.Contain("others fire"));
    }

    [Test]
    public async Task A_login_that_Redis_refuses_is_told_in_its_words()
    {
        _refusal.Tell("queue", "WRONGPASS invalid username-password pair");

        var health = await CheckAsync();

        Assert.That(health.Status, Is.EqualTo(HealthStatus.Unhealthy));
        Assert.That(health.Description, Is.EqualTo("Redis refuses the login (WRONGPASS invalid username-password pair)"));
    }

    [Test]
    public async Task Of_several_queues_the_one_whose_Redis_is_silent_is_named_and_the_scheduler_stays_ready()
    {
        var health = await CheckAsync(silent: ["reports"]);

        Assert.That(health.Status, Is.EqualTo(HealthStatus.Degraded));
        Assert.That(health.Description, Is.EqualTo("nothing fires into reports: Redis does not answer; the others fire"));
    }

    [Test]
    public async Task When_no_queue_is_left_it_is_not_ready()
    {
        var health = await CheckAsync(silent: ["dashtam:jobs", "reports"]);

        Assert.That(health.Status, Is.EqualTo(HealthStatus.Unhealthy));
        Assert.That(health.Description, Does.Contain("nothing fires into dashtam:jobs: ").And.Contain("nothing fires into reports: "));
    }

    private async Task<HealthCheckResult> CheckAsync(string[] silent)
    {
        FiringQueue[] both =
        [
            .. new[] { "dashtam:jobs", "reports" }.Select(name =>
                FakeFiring.Queue(_clock, _time, name) with { IsConnected = () => !silent.Contains(name, StringComparer.Ordinal) }),
        ];
        Array.ForEach(both, queue => queue.Reached.Mark());
        var queues = new FiringQueues(both);
        var moved = FakeFiring.Moved(queues, new FakeScheduleLedger());
        var check = new FiringHealthCheck(
            queues, moved, _marks, _claims, new ScheduleCatalog(_schedules), _refused, _refusal, _schedulers, _time);
        return await check.CheckHealthAsync(new HealthCheckContext(), CancellationToken.None);
    }

    private static FiringSchedule Schedule(string id) =>
        ScheduleCatalog.Read(new JobSchedule(id, id, "*/15 * * * *", "UTC", Setting: null), Now);

    private static string[] Ids(string? text) => text?.Split(' ') ?? [];

    private void Silence(string? marks, string? refused, string? superseded)
    {
        var state = new ScheduleState(Current: true, Now, Now);
        foreach (var id in Ids(marks))
        {
            _marks.Look(id, state with { UnreadableFired = "10:00" });
        }

        foreach (var id in Ids(refused))
        {
            _refused.Add(Schedule(id).Schedule, "its next time is no later one");
        }

        foreach (var id in Ids(superseded))
        {
            _claims.Look(Schedule(id).Schedule, state with { Current = false, StoredVersion = "newer", HolderSign = "1" });
        }
    }

    private Task<HealthCheckResult> CheckAsync() => _health.CheckHealthAsync(new HealthCheckContext());
}
