using Dashtam.Jobs.Core.Execution;
using Dashtam.Jobs.Tests.Support;
using Dashtam.Jobs.Worker.Running;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using NSubstitute;
using NUnit.Framework;

namespace Dashtam.Jobs.Tests.Unit.Worker.Running;

[Category("Unit")]
[NonParallelizable] // the exit code is the process's
internal sealed class StuckHandlersTests
{
    private readonly IHostApplicationLifetime _lifetime = Substitute.For<IHostApplicationLifetime>();
    private readonly TaskCompletionSource<JobSummary> _never = new();
    private WorkerBench _bench = null!;

    [SetUp]
    public void SetUp()
    {
        _bench = new WorkerBench();
        _bench.Execution.Probe.Code = (_, _) => _never.Task;
    }

    [TearDown]
    public void TearDown()
    {
        Environment.ExitCode = 0; // the process of the tests is not to be started again
        _never.TrySetResult(new JobSummary(0, 0, 0));
        _bench.Dispose();
    }

    [TestCase(2, false)]
    [TestCase(3, true)]
    public async Task A_worker_ends_when_abandoned_handlers_hold_more_than_their_share_of_the_slots(int abandoned, bool ends)
    {
        await AbandonAsync(abandoned);
        var stuck = new StuckHandlers(
            _bench.Running, Options.Create(new WorkerOptions { Concurrency = 4 }), _lifetime, NullLogger<StuckHandlers>.Instance);

        stuck.Check();
        stuck.Check();

        _lifetime.Received(ends ? 1 : 0).StopApplication();
        Assert.That(Environment.ExitCode, Is.EqualTo(ends ? StuckHandlers.ExitCode : 0));
    }

    [Test]
    public async Task A_worker_ends_when_a_suspect_that_runs_alone_ignores_its_cancellation()
    {
        _bench.Slots.Take(int.MaxValue);
        var alone = _bench.Runs.RunAloneAsync(_bench.Execution.Queue.Hold(WorkerBench.ShortEnvelope(), "w"));
        var stuck = new StuckHandlers(
            _bench.Running, Options.Create(new WorkerOptions { Concurrency = 4 }), _lifetime, NullLogger<StuckHandlers>.Instance);
        stuck.Check();
        _lifetime.DidNotReceive().StopApplication();

        await _bench.LiveUntilAsync(() => _bench.Running.Abandoned == 1);
        stuck.Check();
        stuck.Check();

        _lifetime.Received(1).StopApplication();
        Assert.That(Environment.ExitCode, Is.EqualTo(StuckHandlers.ExitCode));
        _never.SetResult(new JobSummary(0, 0, 0));
        await alone.WaitAsync(TimeSpan.FromSeconds(30));
        Assert.That(_bench.Running.IsSuspectAbandoned, Is.False);
    }

    private async Task AbandonAsync(int count)
    {
        _bench.Slots.Take(int.MaxValue);
        for (var number = 0; number < count; number++)
        {
            _bench.Runs.Start(_bench.Execution.Queue.Hold(WorkerBench.ShortEnvelope(), "w"));
        }

        // Past the timeout and the grace: each step lets the runs do what is due.
        await _bench.LiveUntilAsync(() => _bench.Running.Abandoned == count);
    }
}
