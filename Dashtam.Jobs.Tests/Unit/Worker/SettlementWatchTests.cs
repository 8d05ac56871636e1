using Dashtam.Jobs.Core.Execution;
using Dashtam.Jobs.Tests.Support;
using Dashtam.Jobs.Tests.Support.Fakes;
using Dashtam.Jobs.Worker;
using Microsoft.Extensions.Hosting;
using NSubstitute;
using NUnit.Framework;

namespace Dashtam.Jobs.Tests.Unit.Worker;

[Category("Unit")]
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal sealed class SettlementWatchTests : IDisposable
{
    private readonly WorkerBench _bench = new();
    private readonly IHostApplicationLifetime _lifetime = Substitute.For<IHostApplicationLifetime>();
    private readonly TaskCompletionSource _settles = new();
    private readonly TaskCompletionSource<JobSummary> _returns = new();
    private readonly SettlementWatch _watch;

    public SettlementWatchTests()
    {
        _bench.Slots.TakeAll();
        _watch = _bench.Settlements(_lifetime);
    }

    public void Dispose()
    {
        _settles.TrySetResult();
        _returns.TrySetResult(new JobSummary(0, 0, 0));
        _bench.Dispose();
    }

    [Test]
    public async Task A_worker_whose_jobs_return_and_are_not_settled_for_a_lease_is_stuck()
    {
        _bench.Execution.Queue.Reply = _settles.Task;
        await StartAsync();

        Assert.That(StuckAfter(seconds: 15), Is.False);
        Assert.That(StuckAfter(seconds: 10), Is.True);
    }

    [Test]
    public async Task A_job_that_is_settled_in_between_starts_the_lease_anew()
    {
        _bench.Execution.Queue.Reply = _settles.Task;
        await StartAsync();
        StuckAfter(seconds: 15);

        _settles.SetResult();
        await WorkerBench.UntilAsync(() => _bench.Running.Count == 0);
        _bench.Execution.Queue.Reply = new TaskCompletionSource().Task;
        await StartAsync();

        Assert.That(StuckAfter(seconds: 15), Is.False);
    }

    [Test]
    public async Task A_settlement_that_Redis_refuses_was_tried()
    {
        for (var attempt = 0; attempt < 1_000; attempt++)
        {
            _bench.Execution.Queue.Answers.Enqueue(FakeJobQueue.ConnectionLost);
        }

        await StartAsync();
        for (var second = 0; second < 60; second += 5)
        {
            var tries = _bench.Execution.Settler.Tries;
            await _bench.LiveUntilAsync(() => _bench.Execution.Settler.Tries > tries);

            Assert.That(StuckAfter(seconds: 5), Is.False);
        }
    }

    [Test]
    public async Task A_handler_within_its_time_is_no_reason()
    {
        _bench.Execution.Probe.Code = (_, _) => _returns.Task; // and ignores its cancellation
        await StartAsync(returns: false);
        var limit = (int)_bench.Running.Oldest()!.Limit.TotalSeconds; // one runs

        Assert.That(StuckAfter(seconds: limit - 5), Is.False);
    }

    [Test]
    public async Task A_drain_is_no_reason()
    {
        _lifetime.ApplicationStopping.Returns(new CancellationToken(canceled: true));
        _bench.Execution.Queue.Reply = _settles.Task;
        await StartAsync();

        Assert.That(StuckAfter(seconds: 60), Is.False);
    }

    [Test]
    public async Task Time_without_an_answer_of_Redis_does_not_count()
    {
        _bench.Execution.Queue.Reply = _settles.Task;
        await StartAsync();
        StuckAfter(seconds: 15);

        _watch.Restart();

        Assert.That(StuckAfter(seconds: 15), Is.False);
    }

    private async Task StartAsync(bool returns = true)
    {
        _bench.Running.Start(_bench.Execution.Queue.Hold(WorkerBench.Envelope(), "w"));
        await WorkerBench.UntilAsync(() => returns ? _bench.Running.HasOverdue() : _bench.Running.Running == 1);
    }

    /// <summary>Looks with a heartbeat every five seconds; the last answer.</summary>
    private bool StuckAfter(int seconds)
    {
        var stuck = _watch.IsStuck();
        for (var passed = 0; passed < seconds; passed += 5)
        {
            _bench.Execution.Time.Advance(TimeSpan.FromSeconds(5));
            stuck = _watch.IsStuck();
        }

        return stuck;
    }
}
