using Dashtam.Jobs.Core.Execution;
using Dashtam.Jobs.Core.Hosting;
using Dashtam.Jobs.Core.Infrastructure.Redis;
using Dashtam.Jobs.Core.Queue;
using Dashtam.Jobs.Tests.Support;
using Dashtam.Jobs.Tests.Support.Fakes;
using Dashtam.Jobs.Worker.Health;
using Dashtam.Jobs.Worker.Lease;
using Dashtam.Jobs.Worker.Running;
using Dashtam.Jobs.Worker.Session;
using Dashtam.Jobs.Worker.Upkeep;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using NSubstitute;
using NUnit.Framework;

namespace Dashtam.Jobs.Tests.Unit.Worker.Health;

[Category("Unit")]
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal sealed class PumpHealthCheckTests : IDisposable
{
    private readonly WorkerBench _bench = new();
    private readonly FakeLease _lease = new();
    private readonly WorkerClock _clock;
    private readonly ParkedJobsLoop _parked;
    private readonly HeartbeatLoop _heartbeat;

    public PumpHealthCheckTests()
    {
        _clock = new WorkerClock(_bench.Execution.Time, NullLogger<WorkerClock>.Instance);
        _parked = new ParkedJobsLoop(
            _lease, _bench.Execution.Catalog, Options.Create(new QueueOptions()), NullLogger<ParkedJobsLoop>.Instance);
        var lifetime = Substitute.For<IHostApplicationLifetime>();
        var stuck = new StuckHandlers(
            _bench.Running, Options.Create(new WorkerOptions()), lifetime, NullLogger<StuckHandlers>.Instance);
        _heartbeat = new HeartbeatLoop(
            _lease, _bench.Session, _bench.Running, _bench.Audit, _parked, stuck, _clock, _bench.Settlements(lifetime),
            _bench.Lease, NullLogger<HeartbeatLoop>.Instance);
    }

    public void Dispose()
    {
        _heartbeat.Dispose();
        _parked.Dispose();
        _bench.Dispose();
    }

    [TestCase(29, HealthStatus.Healthy, "jobs are fetched")]
    [TestCase(31, HealthStatus.Unhealthy, "31 s ahead of Redis'")]
    [TestCase(-3_600, HealthStatus.Unhealthy, "3600 s behind Redis'")]
    public async Task A_worker_whose_heartbeats_find_its_clock_far_off_is_not_ready(int seconds, HealthStatus status, string says)
    {
        _lease.Next = _lease.Next with { RedisTime = _bench.Execution.Time.GetUtcNow().AddSeconds(-seconds) };
        _heartbeat.Beat();

        var health = await CheckAsync();

        Assert.That(health.Status, Is.EqualTo(status));
        Assert.That(health.Description, Does.Contain(says));
    }

    [Test]
    public async Task It_is_ready_again_when_its_clock_is_right_again()
    {
        _lease.Next = _lease.Next with { RedisTime = _bench.Execution.Time.GetUtcNow().AddHours(1) };
        _heartbeat.Beat();
        _lease.Next = _lease.Next with { RedisTime = _bench.Execution.Time.GetUtcNow() };
        _heartbeat.Beat();

        Assert.That((await CheckAsync()).Status, Is.EqualTo(HealthStatus.Healthy));
    }

    private async Task<HealthCheckResult> CheckAsync()
    {
        var fetching = new Freshness(_bench.Execution.Time);
        fetching.Mark();
        var judge = new JudgeWatch(_bench.Session, _bench.Lease, _bench.Execution.Time, NullLogger<JudgeWatch>.Instance);
        var check = new PumpHealthCheck(
            [new QueueHealth("q", _bench.Session, _clock, judge, fetching, () => false)],
            _bench.Running, new RedisRefusal(), _bench.Lease, Options.Create(new WorkerOptions()));
        return await check.CheckHealthAsync(new HealthCheckContext());
    }
}
