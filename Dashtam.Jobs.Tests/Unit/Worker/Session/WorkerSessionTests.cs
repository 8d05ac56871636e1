using Dashtam.Jobs.Core.Execution;
using Dashtam.Jobs.Core.Execution.Runs;
using Dashtam.Jobs.Core.Wire;
using Dashtam.Jobs.Tests.Support;
using NUnit.Framework;

namespace Dashtam.Jobs.Tests.Unit.Worker.Session;

[Category("Unit")]
internal sealed class WorkerSessionTests
{
    private WorkerBench _bench = null!;

    [SetUp]
    public void SetUp() => _bench = new WorkerBench();

    [TearDown]
    public void TearDown() => _bench.Dispose();

    [Test]
    public async Task A_worker_that_was_recovered_goes_on_under_a_name_that_was_never_used()
    {
        await _bench.Session.RegisterAsync(CancellationToken.None);
        var lost = _bench.Session.Name;

        await _bench.Session.RenewAsync(lost, CancellationToken.None);

        Assert.That(_bench.Session.Name, Is.Not.EqualTo(lost));
        Assert.That(_bench.Registry.Registered, Is.EqualTo(new[] { lost, _bench.Session.Name }));
    }

    [Test]
    public async Task Who_notices_a_recovery_second_changes_nothing()
    {
        await _bench.Session.RegisterAsync(CancellationToken.None);
        var lost = _bench.Session.Name;
        await _bench.Session.RenewAsync(lost, CancellationToken.None);
        var current = _bench.Session.Name;

        await _bench.Session.RenewAsync(lost, CancellationToken.None);

        Assert.That(_bench.Session.Name, Is.EqualTo(current));
    }

    [Test]
    public async Task A_new_name_is_used_by_nobody_before_Redis_knows_it()
    {
        await _bench.Session.RegisterAsync(CancellationToken.None);
        var lost = _bench.Session.Name;
        var known = new TaskCompletionSource();
        _bench.Registry.Registering = known.Task;

        var byFetch = _bench.Session.RenewAsync(lost, CancellationToken.None);
        var meanwhile = _bench.Session.Name;
        var byHeartbeat = _bench.Session.RenewAsync(meanwhile, CancellationToken.None);
        known.SetResult();
        await Task.WhenAll(byFetch, byHeartbeat);

        Assert.That(meanwhile, Is.EqualTo(lost));
        Assert.That(_bench.Registry.Registered, Is.EqualTo(new[] { lost, _bench.Session.Name }), "one new name, not two");
    }

    [Test]
    public async Task A_registration_that_failed_is_tried_again_for_the_name_that_was_lost()
    {
        await _bench.Session.RegisterAsync(CancellationToken.None);
        var lost = _bench.Session.Name;
        _bench.Registry.Registering = Task.FromException(new TimeoutException());

        Assert.That(async () => await _bench.Session.RenewAsync(lost, CancellationToken.None), Throws.TypeOf<TimeoutException>());
        _bench.Registry.Registering = Task.CompletedTask;
        await _bench.Session.RenewAsync(_bench.Session.Name, CancellationToken.None);

        Assert.That(_bench.Registry.Registered, Has.Count.EqualTo(2));
        Assert.That(_bench.Session.Name, Is.Not.EqualTo(lost));
    }

    [Test]
    public async Task The_runs_that_were_lost_are_cancelled_and_no_others()
    {
        var cancelled = new TaskCompletionSource<string>();
        _bench.Execution.Probe.Code = async (job, token) =>
        {
            await Task.Delay(Timeout.Infinite, token).ContinueWith(_ => cancelled.TrySetResult(job.Worker), TaskScheduler.Default);
            return new JobSummary(0, 0, 0);
        };
        var envelope = new JobEnvelope { TaskId = "id", TaskName = "run_probe" }.ToUtf8();
        var lost = _bench.Session.Name;
        _bench.Slots.Take(int.MaxValue);
        _bench.Runs.Start(_bench.Execution.Queue.Hold(envelope, lost));
        _bench.Runs.Start(_bench.Execution.Queue.Hold(envelope, "another incarnation"));

        await WorkerBench.UntilAsync(() => _bench.Running.Begun.Count() == 2); // one that had not begun would not begin any more

        await _bench.Session.RenewAsync(lost, CancellationToken.None);

        Assert.That(await cancelled.Task.WaitAsync(TimeSpan.FromSeconds(30)), Is.EqualTo(lost));
        Assert.That(_bench.Running.HeldBy("another incarnation"), Has.Count.EqualTo(1));
        _bench.Running.Cancel(CancelReason.Fenced);
    }
}
