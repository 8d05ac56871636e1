using Dashtam.Jobs.Core.Execution;
using Dashtam.Jobs.Core.Execution.Runs;
using Dashtam.Jobs.Core.Execution.Timeouts;
using Dashtam.Jobs.Core.Queue;
using Dashtam.Jobs.Tests.Support;
using Dashtam.Jobs.Worker.Running;
using NUnit.Framework;

namespace Dashtam.Jobs.Tests.Unit.Worker.Running;

[Category("Unit")]
internal sealed class RunningJobsTests
{
    private readonly TaskCompletionSource<JobSummary> _release = new();
    private WorkerBench _bench = null!;

    [SetUp]
    public void SetUp()
    {
        _bench = new WorkerBench();
        _bench.Slots.Take(int.MaxValue);
    }

    [TearDown]
    public void TearDown()
    {
        _release.TrySetResult(new JobSummary(0, 0, 0));
        _bench.Dispose();
    }

    [Test]
    public async Task A_slot_takes_what_was_read_ahead_before_it_is_free()
    {
        _bench.Runs.KeepAhead(Hold());
        _bench.Runs.KeepAhead(Hold());
        _bench.Runs.Start(Hold());

        await WorkerBench.UntilAsync(() => _bench.Execution.Queue.Settled.Count == 3 && _bench.Running.Count == 0);

        Assert.That(_bench.Execution.Probe.Runs, Has.Count.EqualTo(3));
        await WorkerBench.UntilAsync(() => _bench.Slots.Take(int.MaxValue) == 1);
    }

    [Test]
    public void What_no_slot_takes_goes_back_in_its_old_order()
    {
        var ahead = new[] { Hold(), Hold(), Hold() };
        Array.ForEach(ahead, _bench.Runs.KeepAhead);

        _bench.Execution.Time.Advance(ReadAhead.LookInterval);
        Assert.That(_bench.Execution.Queue.Settled, Is.Empty);
        _bench.Execution.Time.Advance(ReadAhead.LookInterval);

        Assert.That(
            _bench.Execution.Queue.Settled.Select(settled => (settled.Exit, settled.Delivery.Envelope)),
            Is.EqualTo(ahead.Reverse().Select(delivery => ("hand_back", delivery.Envelope))));
        Assert.That(_bench.Running.Count, Is.Zero);
        Assert.That(_bench.Runs.TryStartAhead(), Is.False);
    }

    [Test]
    public async Task What_others_have_taken_is_not_run()
    {
        var lost = Hold("lost");
        _bench.Runs.KeepAhead(lost);
        _bench.Runs.KeepAhead(Hold("kept"));

        _bench.Running.Cancel(CancelReason.Fenced, "lost");
        Assert.That(_bench.Runs.TryStartAhead(), Is.True);
        await WorkerBench.UntilAsync(() => _bench.Running.Count == 0);

        Assert.That(_bench.Execution.Probe.Runs.Select(run => run.Worker), Is.EqualTo(["kept"]));
    }

    [Test]
    public async Task A_slot_is_free_while_the_result_is_on_its_way()
    {
        var answer = new TaskCompletionSource();
        _bench.Execution.Queue.Answers.Enqueue(() =>
        {
            answer.Task.Wait();
            return Settlement.Done;
        });

        _bench.Runs.Start(Hold());

        await WorkerBench.UntilAsync(() => _bench.Slots.Free == 1);
        Assert.That((_bench.Slots.Take(int.MaxValue), _bench.Running.Count), Is.EqualTo((1, 1)));
        answer.SetResult();
    }

    [Test]
    public async Task The_bytes_of_a_job_count_from_when_it_is_held_until_it_is_settled()
    {
        var all = _bench.Running.Bytes.Left;
        _bench.Execution.Probe.Code = (_, _) => _release.Task;
        var (running, ahead) = (Hold(), Hold());

        _bench.Runs.Start(running);
        _bench.Runs.KeepAhead(ahead);
        Assert.That(_bench.Running.Bytes.Left, Is.EqualTo(all - running.Envelope.Length - ahead.Envelope.Length));
        await _bench.Ahead.HandBackAsync();
        Assert.That(_bench.Running.Bytes.Left, Is.EqualTo(all - running.Envelope.Length));
        _release.SetResult(new JobSummary(0, 0, 0));
        await WorkerBench.UntilAsync(() => _bench.Running.Count == 0);

        Assert.That(_bench.Running.Bytes.Left, Is.EqualTo(all));
    }

    [Test]
    public async Task The_bytes_of_an_abandoned_handler_s_job_do_not_count_or_the_worker_would_fetch_nothing_for_good()
    {
        var all = _bench.Running.Bytes.Left;
        var entered = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _bench.Execution.Probe.Code = (_, _) =>
        {
            entered.SetResult();
            return _release.Task;
        };
        _bench.Runs.Start(Hold());
        await entered.Task.WaitAsync(TimeSpan.FromSeconds(30));

        await _bench.LiveUntilAsync(() => _bench.Running.Abandoned == 1);

        Assert.That(_bench.Running.Bytes.Left, Is.EqualTo(all));
        _release.SetResult(new JobSummary(0, 0, 0));
        await WorkerBench.UntilAsync(() => _bench.Running.Abandoned == 0);
        Assert.That(_bench.Running.Bytes.Left, Is.EqualTo(all), "not counted twice");
    }

    [Test]
    public async Task The_job_of_a_handler_that_blocks_its_thread_beyond_its_time_goes_on_without_it()
    {
        var entered = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _bench.Execution.Probe.Code = (_, _) =>
        {
            entered.SetResult();
            return Task.FromResult(_release.Task.GetAwaiter().GetResult());
        };
        _bench.Runs.Start(Hold());
        await entered.Task.WaitAsync(TimeSpan.FromSeconds(30)); // a run that has only begun does not block yet

        _bench.Execution.Time.Advance(TimeSpan.FromSeconds(300));
        _bench.CheckBlocked(); // cancels
        _bench.Execution.Time.Advance(TimeSpan.FromSeconds(4));
        _bench.CheckBlocked();
        Assert.That(_bench.Execution.Queue.Settled, Is.Empty, "its grace is not over");
        _bench.Execution.Time.Advance(new TimeoutOptions().Grace);
        _bench.CheckBlocked();
        await WorkerBench.UntilAsync(() => _bench.Running.Abandoned == 1);

        Assert.That(_bench.Execution.Queue.Settled.Select(settled => settled.Exit), Is.EqualTo(["retry"]), "as after any timeout");
        Assert.That(_bench.Slots.Take(int.MaxValue), Is.Zero, "it still has its slot");

        _release.SetResult(new JobSummary(0, 0, 0));
        await WorkerBench.UntilAsync(() => _bench.Running.Abandoned == 0);
        Assert.That(_bench.Execution.Queue.Settled, Has.Count.EqualTo(1), "what it returned counts for nothing");
        await WorkerBench.UntilAsync(() => _bench.Slots.Take(int.MaxValue) == 1);
        Assert.That(
            _bench.Execution.RunEvents, Is.EqualTo(new[] { "job_started", "handler_abandoned", "job_retried", "handler_returned" }));
    }

    [Test]
    public async Task A_handler_that_blocked_beyond_its_time_keeps_its_slot_when_it_begins_to_wait()
    {
        var unblock = new TaskCompletionSource();
        var entered = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _bench.Execution.Probe.Code = async (_, _) =>
        {
            entered.SetResult();
            unblock.Task.Wait();
            return await _release.Task;
        };
        _bench.Runs.Start(Hold());
        await entered.Task.WaitAsync(TimeSpan.FromSeconds(30)); // a run that has only begun does not block yet
        _bench.Execution.Time.Advance(TimeSpan.FromSeconds(300));
        _bench.CheckBlocked();
        _bench.Execution.Time.Advance(new TimeoutOptions().Grace);
        _bench.CheckBlocked();
        await WorkerBench.UntilAsync(() => _bench.Running.Abandoned == 1);

        unblock.SetResult();
        var released = WorkerBench.UntilAsync(() => _bench.Slots.Free == 1);
        await Task.Delay(TimeSpan.FromMilliseconds(200)); // enough for a slot to be released that must not be
        Assert.That(released.IsCompleted, Is.False, "its handler still runs");

        _release.SetResult(new JobSummary(0, 0, 0));
        await released.WaitAsync(TimeSpan.FromSeconds(30));
        Assert.That(_bench.Slots.Take(int.MaxValue), Is.EqualTo(1));
        await WorkerBench.UntilAsync(() => _bench.Running.Abandoned == 0); // it is told a moment after the slot is free
    }

    [Test]
    public async Task The_thread_that_tells_jobs_that_they_are_settled_runs_no_handler()
    {
        var reply = new TaskCompletionSource(); // continues whoever awaits it on the thread that sets it
        var blocked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _bench.Execution.Queue.Reply = reply.Task;
        _bench.Execution.Probe.Code = (_, _) => Task.FromResult(new JobSummary(0, 0, 0));
        for (var job = 0; job < 1_024 + 4; job++) // so many are on their way out before a slot waits for one
        {
            _bench.Runs.KeepAhead(Hold());
        }

        _bench.Runs.Start(Hold());
        await WorkerBench.UntilAsync(() => _bench.Execution.Probe.Runs.Count == 1_024 + 5);
        _bench.Execution.Probe.Code = (_, _) =>
        {
            blocked.SetResult();
            return Task.FromResult(_release.Task.GetAwaiter().GetResult());
        };
        _bench.Runs.KeepAhead(Hold());

        await Task.Run(reply.SetResult).WaitAsync(TimeSpan.FromSeconds(30));
        await blocked.Task.WaitAsync(TimeSpan.FromSeconds(30));

        await WorkerBench.UntilAsync(() => _bench.Running.Count == 1);
        _release.SetResult(new JobSummary(0, 0, 0));
        await WorkerBench.UntilAsync(() => _bench.Slots.Take(int.MaxValue) == 1);
    }

    [Test]
    public async Task What_arrives_under_a_name_that_was_lost_meanwhile_does_not_run()
    {
        _bench.Running.Cancel(CancelReason.Fenced, "lost");

        _bench.Runs.Start(Hold("lost"));
        await WorkerBench.UntilAsync(() => _bench.Slots.Free == 1);

        Assert.That(_bench.Execution.Probe.Runs, Is.Empty);
        Assert.That((_bench.Slots.Take(int.MaxValue), _bench.Running.Count), Is.EqualTo((1, 0)));
        Assert.That(_bench.Execution.Queue.Settled, Is.Empty, "it is others' now");
    }

    [Test]
    public async Task What_has_not_begun_when_the_process_ends_does_not_begin_any_more()
    {
        _bench.Running.StopSettling();

        _bench.Runs.Start(Hold());
        await WorkerBench.UntilAsync(() => _bench.Slots.Free == 1);

        Assert.That(_bench.Execution.Probe.Runs, Is.Empty);
        Assert.That(_bench.Running.All, Has.Count.EqualTo(1), "it is to be given back");
    }

    private Delivery Hold(string worker = "w") => _bench.Execution.Queue.Hold(WorkerBench.Envelope(), worker);
}
