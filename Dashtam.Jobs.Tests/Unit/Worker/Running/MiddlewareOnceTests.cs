using Dashtam.Jobs.Core.Execution;
using Dashtam.Jobs.Core.Execution.Middlewares;
using Dashtam.Jobs.Core.Execution.Runs;
using Dashtam.Jobs.Core.Execution.Timeouts;
using Dashtam.Jobs.Core.Schedules;
using Dashtam.Jobs.Core.Wire;
using Dashtam.Jobs.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using NUnit.Framework;

namespace Dashtam.Jobs.Tests.Unit.Worker.Running;

/// <summary>A user's middleware sees each run once, however the run ends.</summary>
[Category("Unit")]
[CancelAfter(60_000)]
internal sealed class MiddlewareOnceTests
{
    private readonly TaskCompletionSource<JobSummary> _release = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _entered = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Seen _seen = new();
    private WorkerBench _bench = null!;

    [SetUp]
    public void SetUp()
    {
        _bench = new WorkerBench(
            execution: new ExecutionBench(services => services.AddSingleton(_seen).AddJobMiddleware<Witness>()));
        _bench.Slots.Take(int.MaxValue);
    }

    [TearDown]
    public void TearDown()
    {
        _release.TrySetResult(new JobSummary(0, 0, 0));
        _bench.Dispose();
    }

    [Test]
    public async Task When_the_handler_returns()
    {
        await RunAsync((_, _) => Task.FromResult(new JobSummary(1, 1, 0)));

        await AssertOnceAsync("finish", "returned");
    }

    [Test]
    public async Task When_the_handler_throws()
    {
        await RunAsync((_, _) => throw new IOException("no"));

        await AssertOnceAsync("retry", "IOException");
    }

    [Test]
    public async Task When_the_handler_blocks_its_thread_and_is_abandoned()
    {
        await RunAsync((_, _) => Task.FromResult(_release.Task.GetAwaiter().GetResult()));
        _bench.Execution.Time.Advance(TimeSpan.FromSeconds(300));
        _bench.CheckBlocked();
        _bench.Execution.Time.Advance(new TimeoutOptions().Grace);
        _bench.CheckBlocked();
        await AssertAbandonedAsync("retry");

        await AssertOnceAsync("retry", "returned");
    }

    [Test]
    public async Task When_the_handler_waits_ignores_its_cancellation_and_is_abandoned()
    {
        await RunAsync((_, _) => _release.Task);
        await _bench.LiveUntilAsync(() => _bench.Running.Abandoned == 1);
        await AssertAbandonedAsync("retry");

        await AssertOnceAsync("retry", "returned");
    }

    [Test]
    public async Task When_the_run_is_cancelled_at_a_drain_and_given_back()
    {
        await RunAsync(UntilCancelledAsync);
        _bench.Running.Cancel(CancelReason.Drain);

        await AssertOnceAsync("give_back", "TaskCanceledException");
    }

    [Test]
    public async Task When_the_run_is_fenced()
    {
        await RunAsync(UntilCancelledAsync);
        _bench.Running.Cancel(CancelReason.Fenced, "w");

        await AssertOnceAsync(exit: null, "TaskCanceledException");
    }

    [Test]
    public async Task When_the_handler_blocks_its_thread_while_the_run_is_fenced()
    {
        await RunAsync((_, _) => Task.FromResult(_release.Task.GetAwaiter().GetResult()));
        _bench.Running.Cancel(CancelReason.Fenced, "w");
        _bench.CheckBlocked();
        _bench.Execution.Time.Advance(new TimeoutOptions().Grace);
        _bench.CheckBlocked();
        await AssertAbandonedAsync(exit: null);

        await AssertOnceAsync(exit: null, "returned");
    }

    [Test]
    public async Task When_the_run_is_replaced()
    {
        _bench.Execution.ScheduleRuns.Newest = "id";
        await RunAsync(UntilCancelledAsync, OverlapPolicy.Replace);
        _bench.Execution.ScheduleRuns.Newest = "the next one";
        await _bench.LiveUntilAsync(() => _bench.Running.Count == 0);

        await AssertOnceAsync("end_replaced", "TaskCanceledException");
    }

    [Test]
    public async Task When_the_middleware_itself_blocks_the_run_is_abandoned()
    {
        using var bench = new WorkerBench(execution: new ExecutionBench(
            services => services.AddSingleton(_release.Task).AddSingleton(_entered).AddJobMiddleware<Blocking>()));
        bench.Runs.Start(bench.Execution.Queue.Hold(WorkerBench.Envelope(), "w"));
        await _entered.Task;
        bench.Execution.Time.Advance(TimeSpan.FromSeconds(300));
        bench.CheckBlocked();
        bench.Execution.Time.Advance(new TimeoutOptions().Grace);
        bench.CheckBlocked();

        await WorkerBench.UntilAsync(() => bench.Running.Abandoned == 1);

        Assert.That(bench.Execution.Queue.Settled.Single().Exit, Is.EqualTo("retry"));
        _release.SetResult(new JobSummary(0, 0, 0));
        await WorkerBench.UntilAsync(() => bench.Running.Abandoned == 0);
    }

    private static async Task<JobSummary> UntilCancelledAsync(JobContext job, CancellationToken token)
    {
        await Task.Delay(Timeout.Infinite, token);
        return new JobSummary(0, 0, 0);
    }

    /// <summary>Starts a job on a slot, and waits until its handler is entered.</summary>
    private async Task RunAsync(
        Func<JobContext, CancellationToken, Task<JobSummary>> code, OverlapPolicy policy = OverlapPolicy.Queue)
    {
        _bench.Execution.Probe.Code = (job, token) =>
        {
            _entered.SetResult();
            return code(job, token);
        };
        var envelope = new JobEnvelope
        {
            TaskId = "id",
            TaskName = "run_probe",
            Labels = ScheduleLabels.Of(new JobSchedule("run_probe", "run_probe", "* * * * *", "UTC", Setting: null) { Overlap = policy }),
        };
        _bench.Runs.Start(_bench.Execution.Queue.Hold(envelope.ToUtf8(), "w"));
        await _entered.Task;
    }

    /// <summary>The job is settled, and the middleware still in it; then the handler returns.</summary>
    private async Task AssertAbandonedAsync(string? exit)
    {
        await WorkerBench.UntilAsync(() => _bench.Running.Abandoned == 1);
        Assert.That(_bench.Execution.Queue.Settled.Select(settled => settled.Exit), exit is null ? Is.Empty : Is.EqualTo(new[] { exit }));
        Assert.That((_seen.Begun.Count, _seen.Ended.Count), Is.EqualTo((1, 0)));
        _release.SetResult(new JobSummary(0, 0, 0));
    }

    private async Task AssertOnceAsync(string? exit, string end)
    {
        await WorkerBench.UntilAsync(() => _bench.Slots.Take(int.MaxValue) == 1);
        await WorkerBench.UntilAsync(() => _bench.Running.Count == 0 && _bench.Running.Abandoned == 0);
        Assert.That(_seen.Begun, Is.EqualTo(new[] { "id" }));
        Assert.That(_seen.Ended, Is.EqualTo(new[] { end }));
        Assert.That(_bench.Execution.Queue.Settled.Select(settled => settled.Exit), exit is null ? Is.Empty : Is.EqualTo(new[] { exit }));
        Assert.That(_bench.Execution.RunEvents.Count(name => name == "job_started"), Is.EqualTo(1));
        Assert.That(
            _bench.Execution.RunEvents.Count(name => name is not ("job_started" or "handler_abandoned" or "handler_returned")),
            Is.EqualTo(1), "one line says how it ended");
    }

    private sealed class Blocking(Task<JobSummary> release, TaskCompletionSource entered) : IJobMiddleware
    {
        public Task<JobSummary> InvokeAsync(JobContext job, JobCall next, CancellationToken cancellationToken)
        {
            entered.SetResult();
            release.Wait(CancellationToken.None);
            return next(cancellationToken);
        }
    }
}
