using Dashtam.Jobs.Core.Infrastructure.Redis;
using Dashtam.Jobs.Core.PythonSchedules;
using Dashtam.Jobs.Core.Queue;
using Dashtam.Jobs.Core.Queue.Acl;
using Dashtam.Jobs.Scheduler.PythonSchedules;
using Dashtam.Jobs.Tests.Support;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using NSubstitute;
using NUnit.Framework;
using StackExchange.Redis;

namespace Dashtam.Jobs.Tests.Unit.Scheduler.PythonSchedules;

/// <summary>When Python's schedules are not looked for, and who is told.</summary>
[Category("Unit")]
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal sealed class PythonSchedulesStateTests : IDisposable
{
    private readonly LogLines _log = new();

    public void Dispose() => _log.Dispose();

    [Test]
    public void On_Redis_Cluster_they_are_off_and_the_log_says_so_once()
    {
        var state = State(ServerType.Cluster);

        Assert.That((bool[])[state.IsOn, state.IsOn], Is.All.False);
        Assert.That(_log.Lines, Has.Count.EqualTo(1));
        Assert.That(_log.Lines[0], Does.Contain("python_schedules_off").And.Contain("Redis Cluster"));
        Assert.That(state.Problem, Does.Contain("Redis Cluster"));
    }

    [Test]
    public void On_one_server_they_are_on()
    {
        var state = State(ServerType.Standalone);

        Assert.That(state.IsOn, Is.True);
        Assert.That(state.Problem, Is.Null);
    }

    [Test]
    public void An_empty_prefix_switches_them_off_without_a_word()
    {
        var state = State(ServerType.Cluster, prefix: "");

        Assert.That(state.IsOn, Is.False);
        Assert.That(state.Problem, Is.Null);
        Assert.That(_log.Lines, Is.Empty);
    }

    [Test]
    public async Task A_failure_is_said_once_and_degrades_health_until_every_loop_works_again()
    {
        var state = State(ServerType.Standalone);
        var health = new PythonSchedulesHealthCheck(state);
        state.Failed("one", new RedisException("away"));
        state.Failed("two", new RedisException("away"));
        state.Worked("two");
        Assert.That((await health.CheckHealthAsync(new HealthCheckContext())).Status, Is.EqualTo(HealthStatus.Degraded));

        state.Worked("one");

        Assert.That((await health.CheckHealthAsync(new HealthCheckContext())).Status, Is.EqualTo(HealthStatus.Healthy));
        Assert.That(_log.Lines, Has.Count.EqualTo(2));
        Assert.That(_log.Lines[0], Does.Contain("python_schedules_not_checked").And.Contain("away"));
        Assert.That(_log.Lines[1], Does.Contain("python_schedules_checked_again"));
    }

    [Test]
    public void A_user_without_the_rights_is_told_what_is_missing()
    {
        State(ServerType.Standalone).Failed("one", new RedisServerException(
            RedisErrorKind.NoPermission, CommandFlags.None, "NOPERM this user can't access this key"));

        Assert.That(_log.Lines.Single(), Does.Contain("python_schedules_off").And.Contain("can't access this key"));
    }

    private PythonSchedulesState State(ServerType type, string prefix = "schedule")
    {
        var server = Substitute.For<IServer>();
        server.IsConnected.Returns(true);
        server.ServerType.Returns(type);
        var multiplexer = Substitute.For<IConnectionMultiplexer>();
        multiplexer.GetServers().Returns([server]);
        var connections = new OneDatabase(Substitute.For<IDatabase>());
        connections.Queue.Multiplexer.Returns(multiplexer);
        var source = new ScheduleSource(Options.Create(new QueueOptions { SchedulesPrefix = prefix }));
        return new PythonSchedulesState(connections, source, new AclGate(), _log.Factory.CreateLogger<PythonSchedulesState>());
    }

    private sealed class OneDatabase(IDatabase database) : IRedisConnections
    {
        public IDatabase Queue => database;

        public IDatabase Waiting => database;

        public IDatabase Notices => database;

        public BlockingRedis OpenBlocking(RedisKey key, TimeSpan deadline) => throw new NotSupportedException();
    }
}
