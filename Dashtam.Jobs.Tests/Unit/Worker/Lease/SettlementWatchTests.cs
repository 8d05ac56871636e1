using Dashtam.Jobs.Core.Execution;
using Dashtam.Jobs.Core.Queue;
using Dashtam.Jobs.Tests.Support;
using Dashtam.Jobs.Tests.Support.Fakes;
using Dashtam.Jobs.Worker.Lease;
using Microsoft.Extensions.Hosting;
using NSubstitute;
using NUnit.Framework;
using StackExchange.Redis;

namespace Dashtam.Jobs.Tests.Unit.Worker.Lease;

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
        _bench.Slots.Take(int.MaxValue);
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
    public async Task A_job_that_is_not_settled_for_a_lease_is_found_beside_others_that_are()
    {
        _bench.Execution.Queue.Reply = _settles.Task;
        var stuck = await StartAsync();
        await WorkerBench.UntilAsync(() => _bench.Execution.Queue.Waiting == 1);
        _bench.Execution.Queue.Reply = Task.CompletedTask;

        var found = _watch.FindStuck();
        for (var passed = 0; passed < 25; passed += 5)
        {
            _bench.Execution.Time.Advance(TimeSpan.FromSeconds(5));
            _bench.Runs.Start(_bench.Execution.Queue.Hold(WorkerBench.Envelope(), "w"));
            await WorkerBench.UntilAsync(() => _bench.Running.Count == 1);
            found = _watch.FindStuck();
        }

        Assert.That(found?.Delivery.Envelope, Is.EqualTo(stuck.Envelope));
    }

    [Test]
    public async Task Each_job_has_a_lease_of_its_own()
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

    [TestCase("WRONGTYPE Operation against a key holding the wrong kind of value")]
    [TestCase("OOM command not allowed when used memory > 'maxmemory'.")]
    [TestCase("NOPERM User worker has no permissions to access one of the keys")]
    public async Task A_settlement_that_Redis_refuses_was_answered(string words)
    {
        Answer(() => throw new RedisServerException(RedisErrorKind.Unknown, CommandFlags.None, words));
        await StartAsync();
        for (var second = 0; second < 60; second += 5)
        {
            var left = _bench.Execution.Queue.Answers.Count;
            await _bench.LiveUntilAsync(() => _bench.Execution.Queue.Answers.Count < left);

            Assert.That(StuckAfter(seconds: 5), Is.False);
        }
    }

    [Test]
    public async Task Tries_that_Redis_never_answers_are_none_while_it_answers_the_heartbeat()
    {
        Answer(FakeJobQueue.ConnectionLost);
        await StartAsync();
        var isStuck = false;

        await _bench.LiveAsync(TimeSpan.FromSeconds(25), () => isStuck |= _watch.FindStuck() is not null);

        Assert.That(isStuck, Is.True);
    }

    [Test]
    public async Task Time_in_which_the_process_stood_still_does_not_count()
    {
        _bench.Execution.Queue.Reply = _settles.Task;
        await StartAsync();
        StuckAfter(seconds: 15);

        _bench.Execution.Time.Advance(TimeSpan.FromSeconds(15)); // without a heartbeat

        Assert.That(StuckAfter(seconds: 15), Is.False);
    }

    [Test]
    public async Task A_job_that_runs_alone_is_no_reason()
    {
        _bench.Execution.Queue.Reply = _settles.Task;
        _ = _bench.Runs.RunAloneAsync(_bench.Execution.Queue.Hold(WorkerBench.Envelope(), "w"));
        await WorkerBench.UntilAsync(() => _bench.Running.Overdue().Any());

        Assert.That(StuckAfter(seconds: 60), Is.False);
    }

    [Test]
    public async Task A_handler_within_its_time_is_no_reason()
    {
        _bench.Execution.Probe.Code = (_, _) => _returns.Task; // and ignores its cancellation
        await StartAsync(returns: false);
        var limit = (int)_bench.Running.Oldest("w")!.Limit.TotalSeconds; // one runs

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

    private async Task<Delivery> StartAsync(bool returns = true)
    {
        var delivery = _bench.Execution.Queue.Hold(WorkerBench.Envelope(), "w");
        _bench.Runs.Start(delivery);
        await WorkerBench.UntilAsync(() => returns ? _bench.Running.Overdue().Any() : _bench.Running.Begun.Count() == 1);
        return delivery;
    }

    private void Answer(Func<Settlement> answer)
    {
        for (var attempt = 0; attempt < 1_000; attempt++)
        {
            _bench.Execution.Queue.Answers.Enqueue(answer);
        }
    }

    /// <summary>Looks with a heartbeat every five seconds; the last answer.</summary>
    private bool StuckAfter(int seconds)
    {
        var stuck = _watch.FindStuck();
        for (var passed = 0; passed < seconds; passed += 5)
        {
            _bench.Execution.Time.Advance(TimeSpan.FromSeconds(5));
            stuck = _watch.FindStuck();
        }

        return stuck is not null;
    }
}
