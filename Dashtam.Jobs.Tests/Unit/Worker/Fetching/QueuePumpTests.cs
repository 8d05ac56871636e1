using Dashtam.Jobs.Core.Execution;
using Dashtam.Jobs.Core.Hosting;
using Dashtam.Jobs.Core.Queue;
using Dashtam.Jobs.Core.Queue.Fetching;
using Dashtam.Jobs.Tests.Support;
using Dashtam.Jobs.Tests.Support.Fakes;
using Dashtam.Jobs.Worker.Fetching;
using Dashtam.Jobs.Worker.Running;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging.Abstractions;
using NSubstitute;
using NUnit.Framework;

namespace Dashtam.Jobs.Tests.Unit.Worker.Fetching;

[Category("Unit")]
internal sealed class QueuePumpTests
{
    private const int Concurrency = 4;

    private readonly IReadyWaiter _waiter = Substitute.For<IReadyWaiter>();
    private readonly IHostApplicationLifetime _lifetime = Substitute.For<IHostApplicationLifetime>();
    private WorkerBench _bench = null!;
    private Slots _slots = null!;
    private QueuePump _pump = null!;

    [SetUp]
    public async Task SetUp()
    {
        _bench = new WorkerBench();
        await StartAsync();
    }

    [TearDown]
    public void TearDown()
    {
        _pump.Dispose();
        _bench.Dispose();
    }

    [Test]
    public async Task A_wait_that_fails_gives_back_no_slot_that_a_job_owns()
    {
        var release = new TaskCompletionSource<JobSummary>();
        _bench.Execution.Probe.Code = (_, _) => release.Task;
        _waiter.WaitAsync(Arg.Any<string>(), Arg.Any<TimeSpan>()).Returns<Delivery?>(_ => throw FakeJobQueue.Lost);
        Push(3);

        await WorkerBench.WhileAsync(_pump, async () =>
        {
            await _bench.LiveAsync(TimeSpan.FromSeconds(5));
            Push(3); // one slot is left
            await _bench.LiveAsync(TimeSpan.FromSeconds(5));
            Assert.That(_bench.Running.Count, Is.EqualTo(Concurrency));

            release.SetResult(new JobSummary(0, 0, 0));
            await _bench.LiveAsync(TimeSpan.FromSeconds(5));
            Assert.That(_bench.Execution.Queue.Settled, Has.Count.EqualTo(6));
        });

        Assert.That(_pump.ExecuteTask!.IsFaulted, Is.False);
        Assert.That(_slots.Take(int.MaxValue), Is.EqualTo(Concurrency), "no slot was lost, none was made");
    }

    [Test]
    public async Task Nothing_is_fetched_before_the_process_has_started()
    {
        _lifetime.ApplicationStarted.Returns(CancellationToken.None);
        Push(1);

        await WorkerBench.WhileAsync(_pump, () => _bench.LiveAsync(TimeSpan.FromSeconds(2)));

        Assert.That(_bench.Running.Count, Is.Zero);
        Assert.That(_bench.Execution.Queue.Settled, Is.Empty);
    }

    [Test]
    public async Task A_suspect_runs_alone_and_nothing_is_fetched_until_it_has_ended()
    {
        var release = new TaskCompletionSource<JobSummary>();
        _bench.Execution.Probe.Code = (_, _) => release.Task;
        _bench.Execution.Queue.Batches.Enqueue(worker => new FetchedBatch(
            FetchCode.RunAlone,
            [_bench.Execution.Queue.Hold(WorkerBench.Envelope(), worker) with { Moves = Delivery.AloneFrom }],
            NextDue: null));
        Push(3);

        await WorkerBench.WhileAsync(_pump, async () =>
        {
            await _bench.LiveAsync(TimeSpan.FromSeconds(5));
            Assert.That((_bench.Running.Count, _bench.Execution.Queue.Fetches), Is.EqualTo((1, 1)));
            Assert.That(_pump.IsBusy, Is.True, "ready all the same");

            release.SetResult(new JobSummary(0, 0, 0));
            await _bench.LiveAsync(TimeSpan.FromSeconds(5));
            Assert.That(_bench.Execution.Queue.Settled, Has.Count.EqualTo(4));
        });

        Assert.That(_slots.Take(int.MaxValue), Is.EqualTo(Concurrency));
    }

    [Test]
    public async Task A_suspect_that_comes_while_every_slot_is_taken_makes_no_slot()
    {
        await RunShortJobsAsync(200); // so that it asks for more of them ahead, without a free slot
        var done = _bench.Execution.Queue.Settled.Count;
        var fetched = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _bench.Execution.Queue.Batches.Enqueue(worker =>
        {
            fetched.SetResult();
            return new FetchedBatch(
                FetchCode.RunAlone, [_bench.Execution.Queue.Hold(WorkerBench.Envelope(), worker)], NextDue: null);
        });
        await WorkerBench.WhileAsync(_pump, async () =>
        {
            _slots.Signal();
            await fetched.Task.WaitAsync(TimeSpan.FromSeconds(30));
            await WorkerBench.UntilAsync(() => _bench.Execution.Queue.Settled.Count == done + 1);
            await _bench.LiveAsync(TimeSpan.FromSeconds(10));
        });

        _slots.Release(Concurrency);
        Assert.That(_slots.Take(int.MaxValue), Is.EqualTo(Concurrency));
    }

    [Test]
    public async Task While_it_lets_jobs_end_for_a_suspect_it_waits_for_no_other_job()
    {
        for (var turn = 0; turn < 3; turn++)
        {
            _bench.Execution.Queue.Batches.Enqueue(_ => new FetchedBatch(FetchCode.LetEnd, [], NextDue: null));
        }

        await WorkerBench.WhileAsync(_pump, async () =>
        {
            for (var step = 0; step < 50 && _bench.Execution.Queue.Fetches < 3; step++)
            {
                await _waiter.DidNotReceiveWithAnyArgs().WaitAsync(Arg.Any<string>(), Arg.Any<TimeSpan>());
                await _bench.LiveAsync(TimeSpan.FromSeconds(1));
            }
        });

        Assert.That(_bench.Execution.Queue.Fetches, Is.GreaterThanOrEqualTo(3));
    }

    [Test]
    public async Task A_stop_ends_the_wait()
    {
        var waiting = new TaskCompletionSource();
        var ended = new TaskCompletionSource<Delivery?>();
        _waiter.InterruptAsync().Returns(_ =>
        {
            ended.TrySetResult(null);
            return Task.CompletedTask;
        });
        _waiter.WaitAsync(Arg.Any<string>(), Arg.Any<TimeSpan>()).Returns(_ =>
        {
            waiting.TrySetResult();
            return ended.Task;
        });

        await WorkerBench.WhileAsync(_pump, () => waiting.Task); // it stops at the end

        Assert.That(_pump.ExecuteTask!.IsCompleted, Is.True);
    }

    [Test]
    public async Task Waits_that_end_in_their_own_time_are_followed_by_a_fetch_only_now_and_then()
    {
        Wait(limit => limit);

        await WorkerBench.WhileAsync(_pump, () => _bench.LiveAsync(TimeSpan.FromSeconds(60)));

        Assert.That(_bench.Execution.Queue.Fetches, Is.InRange(2, 7));
    }

    [Test]
    public async Task A_wait_that_was_interrupted_is_followed_by_a_fetch()
    {
        Wait(limit => limit / 2);

        await WorkerBench.WhileAsync(_pump, () => _bench.LiveAsync(TimeSpan.FromSeconds(60)));

        Assert.That(_bench.Execution.Queue.Fetches, Is.GreaterThan(10));
    }

    [Test]
    public async Task A_worker_that_holds_its_budget_of_bytes_neither_fetches_nor_waits_until_a_job_has_ended()
    {
        await WithBudgetAsync(1);
        var release = new TaskCompletionSource<JobSummary>();
        _bench.Execution.Probe.Code = (_, _) => release.Task;
        Push(1);

        await WorkerBench.WhileAsync(_pump, async () =>
        {
            await WorkerBench.UntilAsync(() => _pump.IsBusy); // one job is always allowed, and more than the budget
            Push(1);
            await _bench.LiveAsync(TimeSpan.FromSeconds(30));
            Assert.That((_bench.Running.Count, _bench.Execution.Queue.Fetches), Is.EqualTo((1, 1)));
            await _waiter.DidNotReceiveWithAnyArgs().WaitAsync(Arg.Any<string>(), Arg.Any<TimeSpan>());

            release.SetResult(new JobSummary(0, 0, 0));
            await _bench.LiveUntilAsync(() => _bench.Execution.Queue.Settled.Count == 2);
        });

        Assert.That(_bench.Execution.Queue.Settled, Has.Count.EqualTo(2));
        Assert.That(_bench.Log.Lines.Single(), Does.Contain("held_bytes_full"));
        Assert.That(_slots.Take(int.MaxValue), Is.EqualTo(Concurrency));
    }

    [Test]
    public async Task A_stop_ends_the_wait_for_bytes()
    {
        await WithBudgetAsync(1);
        var release = new TaskCompletionSource<JobSummary>();
        _bench.Execution.Probe.Code = (_, _) => release.Task;
        Push(1);

        await WorkerBench.WhileAsync(_pump, () => WorkerBench.UntilAsync(() => _pump.IsBusy));

        Assert.That(_pump.ExecuteTask!.IsCompleted, Is.True);
        release.SetResult(new JobSummary(0, 0, 0));
    }

    [Test]
    public async Task A_fetch_asks_for_no_more_bytes_than_are_left()
    {
        var envelope = WorkerBench.Envelope();
        await WithBudgetAsync(envelope.Length + 100);
        var release = new TaskCompletionSource<JobSummary>();
        _bench.Execution.Probe.Code = (_, _) => release.Task;
        _bench.Execution.Queue.Push(envelope);

        await WorkerBench.WhileAsync(_pump, () => WorkerBench.UntilAsync(() => _bench.Execution.Queue.Wanted.Count >= 2));

        Assert.That(_bench.Execution.Queue.Wanted.Take(2).Select(wanted => wanted.MostBytes), Is.EqualTo([envelope.Length + 100, 100]));
        release.SetResult(new JobSummary(0, 0, 0));
    }

    private async Task StartAsync()
    {
        _slots = _bench.Slots;
        _lifetime.ApplicationStarted.Returns(new CancellationToken(canceled: true));
        await _bench.Session.RegisterAsync(CancellationToken.None);
        var fetching = new Freshness(_bench.Execution.Time);
        var shares = new QueueShares(_slots, [new ServedQueue("q", Weight: null)], _bench.Ahead.Room);
        var wait = new ReadyWait(
            _waiter, _bench.Session, _bench.Audit, fetching, _bench.Execution.Time, _bench.Execution.Random, NullLogger<ReadyWait>.Instance);
        _pump = new QueuePump(
            _bench.Execution.Queue, _bench.Session, _bench.Running, _bench.Runs, _bench.Ahead, _slots, shares.All[0], wait, _bench.Audit, fetching,
            _lifetime, _bench.Execution.Time, NullLogger<QueuePump>.Instance);
    }

    private async Task WithBudgetAsync(long mostBytes)
    {
        TearDown();
        _bench = new WorkerBench(mostBytes: mostBytes);
        await StartAsync();
    }

    /// <summary>No job comes; each wait lasts for so long of its limit, or until it is interrupted.</summary>
    private void Wait(Func<TimeSpan, TimeSpan> howLong)
    {
        var interrupted = new CancellationTokenSource();
        _waiter.InterruptAsync().Returns(_ => interrupted.CancelAsync());
        _waiter.WaitAsync(Arg.Any<string>(), Arg.Any<TimeSpan>()).Returns(async call =>
        {
            await Task.Delay(howLong(call.Arg<TimeSpan>()), _bench.Execution.Time, interrupted.Token)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            return (Delivery?)null;
        });
    }

    /// <summary>On one slot, within 10 ms; then every slot is taken.</summary>
    private async Task RunShortJobsAsync(int count)
    {
        _slots.Take(int.MaxValue);
        for (var job = 1; job < count; job++)
        {
            _bench.Runs.KeepAhead(_bench.Execution.Queue.Hold(WorkerBench.Envelope(), "w"));
        }

        _bench.Runs.Start(_bench.Execution.Queue.Hold(WorkerBench.Envelope(), "w"));
        await WorkerBench.UntilAsync(() => _bench.Running.Count == 0 && _slots.Take(int.MaxValue) == 1);
        _bench.Execution.Time.Advance(TimeSpan.FromMilliseconds(10));
    }

    private void Push(int count)
    {
        for (var number = 0; number < count; number++)
        {
            _bench.Execution.Queue.Push(WorkerBench.Envelope());
        }
    }
}
