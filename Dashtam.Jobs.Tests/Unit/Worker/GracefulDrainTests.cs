using Dashtam.Jobs.Core.Execution;
using Dashtam.Jobs.Tests.Support;
using Dashtam.Jobs.Worker;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using NUnit.Framework;

namespace Dashtam.Jobs.Tests.Unit.Worker;

[Category("Unit")]
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal sealed class GracefulDrainTests : IDisposable
{
    private readonly WorkerBench _bench = new();
    private readonly LogLines _log = new();
    private readonly GracefulDrain _drain;

    public GracefulDrainTests() => _drain = new GracefulDrain(
        _bench.Execution.Queue, _bench.Session, _bench.Running, _bench.Audit, Options.Create(new WorkerOptions()),
        Options.Create(new TimeoutOptions()), _bench.Execution.Time, _log.Factory.CreateLogger<GracefulDrain>());

    public void Dispose()
    {
        _bench.Dispose();
        _log.Dispose();
    }

    [Test]
    public async Task A_worker_that_never_reached_Redis_says_nothing_of_jobs()
    {
        await _drain.StopAsync(CancellationToken.None);

        Assert.That(_log.Lines, Is.Empty);
    }

    [Test]
    public async Task Jobs_that_only_await_their_settlement_do_not_count_as_running()
    {
        var settles = new TaskCompletionSource();
        _bench.Slots.TakeAll();
        await _bench.Session.RegisterAsync(CancellationToken.None);
        _bench.Execution.Queue.Reply = settles.Task;
        _bench.Running.Start(_bench.Execution.Queue.Hold(WorkerBench.Envelope(), _bench.Session.Name));
        await WorkerBench.UntilAsync(() => _bench.Running.Overdue().Any());

        var stop = _drain.StopAsync(CancellationToken.None);
        settles.SetResult();
        await stop;

        Assert.That(_log.Lines[0], Does.Contain("drain_started").And.Contain("handlers: 0; jobs held").And.Contain("Redis: 1)"));
        Assert.That(_log.Lines[^1], Does.Contain("drain_ended"));
    }
}
