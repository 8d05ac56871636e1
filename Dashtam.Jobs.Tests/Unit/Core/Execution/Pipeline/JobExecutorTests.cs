using System.Text;
using System.Text.Json;
using Dashtam.Jobs.Core.Execution;
using Dashtam.Jobs.Core.Execution.Runs;
using Dashtam.Jobs.Core.Queue;
using Dashtam.Jobs.Core.Queue.DeadLetters;
using Dashtam.Jobs.Core.Wire;
using Dashtam.Jobs.Tests.Support;
using Dashtam.Jobs.Tests.Support.Fakes;
using NUnit.Framework;

namespace Dashtam.Jobs.Tests.Unit.Core.Execution.Pipeline;

[Category("Unit")]
internal sealed class JobExecutorTests
{
    private ExecutionBench _bench = null!;

    [SetUp]
    public void SetUp() => _bench = new ExecutionBench();

    [TearDown]
    public void TearDown() => _bench.Dispose();

    [Test]
    public async Task A_success_is_finished_with_its_summary()
    {
        _bench.Probe.Code = (_, _) => Task.FromResult(new JobSummary(11, 7, 1).With("expiring", 8));

        var outcome = await _bench.ExecuteAsync();

        Assert.That(outcome, Is.InstanceOf<JobOutcome.Succeeded>());
        Assert.That(_bench.Queue.Settled.Single().Exit, Is.EqualTo("finish"));
        Assert.That(
            _bench.Queue.Settled.Single().Written,
            Does.Contain("""{"checked": 11, "processed": 7, "errors": 1, "expiring": 8}"""));
    }

    [Test]
    public async Task A_summary_that_cannot_be_written_is_a_failure_with_a_result_for_whoever_waits()
    {
        var document = JsonDocument.Parse("[1]");
        _bench.Probe.Code = (_, _) => Task.FromResult(new JobSummary(1, 1, 0).With("found", document.RootElement));
        document.Dispose();

        var outcome = await _bench.ExecuteAsync();

        Assert.That(outcome, Is.InstanceOf<JobOutcome.Failed>());
        Assert.That(_bench.Queue.Settled.Single().Exit, Is.EqualTo("dead_letter"));
        Assert.That(_bench.Queue.LastLetter!.TaskId, Is.EqualTo("id"));
        Assert.That(_bench.Queue.Settled.Single().Written, Does.Contain("ObjectDisposed"));
    }

    [Test]
    public async Task Both_of_a_job_s_names_find_it()
    {
        var outcome = await _bench.ExecuteAsync("dashtam_jobs.tasks.anything:run_probe");

        Assert.That(outcome, Is.InstanceOf<JobOutcome.Succeeded>());
        Assert.That(_bench.Probe.Runs.Single().JobName, Is.EqualTo("run_probe"));
    }

    [Test]
    public async Task A_run_that_learns_from_its_fence_that_it_was_recovered_writes_nothing()
    {
        _bench.Fences.Lost = true;
        _bench.Probe.Code = async (job, token) => new JobSummary(await job.GetFenceTokenAsync(token), 1, 0);

        var outcome = await _bench.ExecuteAsync();

        Assert.That(outcome, Is.InstanceOf<JobOutcome.Fenced>());
        Assert.That(_bench.Queue.Settled, Is.Empty);
    }

    [TestCase(1, false)]
    [TestCase(4, false)]
    [TestCase(5, true)]
    public async Task A_job_that_took_three_workers_down_while_it_ran_alone_is_a_dead_letter(int moves, bool dead)
    {
        var envelope = new JobEnvelope { TaskId = "id", TaskName = "run_probe" }.ToUtf8();

        await _bench.ExecuteAsync(_bench.Queue.Hold(envelope, "w") with { Moves = moves });

        Assert.That(_bench.Probe.Runs, Has.Count.EqualTo(dead ? 0 : 1));
        Assert.That(_bench.Queue.LastLetter?.Reason, Is.EqualTo(dead ? DeadLetterReason.CrashLoop : null));
        Assert.That(_bench.Queue.Settled.Single().Written, dead
            ? Does.Contain("CrashLoopError").And.Contain("JOBS_MAX_DELIVERIES")
            : Does.Contain("\"is_err\": false"));
    }

    [Test]
    public async Task A_settlement_that_there_was_no_memory_for_is_tried_again_and_no_dead_letter()
    {
        _bench.Queue.Answers.Enqueue(() => throw FakeJobQueue.NoMemory);
        _bench.Queue.Answers.Enqueue(() => throw FakeJobQueue.NoMemory);

        var outcome = await UntilEndedAsync(_bench.ExecuteAsync("run_once"));

        Assert.That(outcome, Is.InstanceOf<JobOutcome.Succeeded>());
        Assert.That(_bench.Queue.Settled.Single().Exit, Is.EqualTo("finish"));
    }

    [Test]
    public async Task A_job_that_there_was_no_memory_to_run_goes_back_into_the_queue()
    {
        _bench.Fault = FakeJobQueue.NoMemory;

        var outcome = await UntilEndedAsync(_bench.ExecuteAsync());

        Assert.That(outcome, Is.InstanceOf<JobOutcome.GivenBack>());
        Assert.That(_bench.Queue.Settled.Single().Exit, Is.EqualTo("give_back"));
    }

    [Test]
    public async Task A_handler_that_lacks_memory_is_tried_again()
    {
        _bench.Probe.Code = (_, _) => throw FakeJobQueue.NoMemory;

        var outcome = await _bench.ExecuteAsync();

        Assert.That(outcome, Is.InstanceOf<JobOutcome.Retried>());
    }

    [Test]
    public async Task A_failure_is_followed_by_another_attempt_after_a_jittered_pause()
    {
        _bench.Probe.Code = (_, _) => throw new InvalidOperationException("no");
        _bench.Random.Next01 = 0.25;

        var outcome = await _bench.ExecuteAsync(
            new JobEnvelope { TaskId = "id", TaskName = "run_probe", Labels = JobLabels.Empty.WithFailedAttempts(1) });

        Assert.That(outcome, Is.InstanceOf<JobOutcome.Retried>());
        Assert.That(_bench.Queue.LastDelay, Is.EqualTo(TimeSpan.FromSeconds(16 * 0.25)), "base 8 s, doubled once");
        Assert.That(_bench.Queue.Settled.Single().Written, Does.Contain("\"_retries\": \"2\""));
    }

    [Test]
    public async Task A_pause_is_never_longer_than_its_cap()
    {
        _bench.Probe.Code = (_, _) => throw new InvalidOperationException("no");
        _bench.Random.Next01 = 1;
        var labels = JobLabels.Empty.WithFailedAttempts(60).With("max_retries", "100");

        await _bench.ExecuteAsync(new JobEnvelope { TaskId = "id", TaskName = "run_probe", Labels = labels });

        Assert.That(_bench.Queue.LastDelay, Is.EqualTo(TimeSpan.FromSeconds(20)));
    }

    [Test]
    public async Task Max_retries_counts_runs_in_all()
    {
        _bench.Probe.Code = (_, _) => throw new InvalidOperationException("no");

        var outcome = await _bench.ExecuteAsync(
            new JobEnvelope { TaskId = "id", TaskName = "run_probe", Labels = JobLabels.Empty.WithFailedAttempts(2) });

        Assert.That(outcome, Is.InstanceOf<JobOutcome.Failed>());
        Assert.That(_bench.Queue.Settled.Single().Exit, Is.EqualTo("dead_letter"));
        Assert.That(_bench.Queue.LastLetter!.Attempts, Is.EqualTo(3));
        Assert.That(_bench.Queue.Settled.Single().Written, Does.Contain("\"is_err\": true").And.Contain("RuntimeError"));
    }

    [Test]
    public async Task A_job_that_is_not_retried_fails_at_once()
    {
        _bench.Probe.Code = (_, _) => throw new InvalidOperationException("no");

        var outcome = await _bench.ExecuteAsync("run_once");

        Assert.That(outcome, Is.InstanceOf<JobOutcome.Failed>());
    }

    [Test]
    public async Task The_envelope_s_label_overrides_the_job_s_declaration()
    {
        _bench.Probe.Code = (_, _) => throw new InvalidOperationException("no");
        var labels = JobLabels.Empty.With("retry_on_error", "True").With("max_retries", "2");

        var outcome = await _bench.ExecuteAsync(new JobEnvelope { TaskId = "id", TaskName = "run_once", Labels = labels });

        Assert.That(outcome, Is.InstanceOf<JobOutcome.Retried>());
    }

    [Test]
    public async Task Arguments_that_do_not_fit_are_an_error_that_no_retry_can_mend()
    {
        var envelope = """{"task_id": "id", "task_name": "run_probe", "labels": {}, "args": [1], "kwargs": {}}""";

        var outcome = await _bench.ExecuteAsync(Encoding.UTF8.GetBytes(envelope));

        Assert.That(outcome, Is.InstanceOf<JobOutcome.Failed>());
        Assert.That(_bench.Queue.Settled.Single().Written, Does.Contain("\"TypeError\"").And.Contain("builtins"));
        Assert.That(_bench.Probe.Runs, Is.Empty);
    }

    [Test]
    public async Task Garbage_is_a_dead_letter_with_the_reason_and_without_a_result()
    {
        var outcome = await _bench.ExecuteAsync("garbage"u8.ToArray());

        Assert.That(outcome, Is.InstanceOf<JobOutcome.Rejected>());
        Assert.That(_bench.Queue.LastLetter!.Reason, Is.EqualTo(DeadLetterReason.Malformed));
        Assert.That(_bench.Queue.LastLetter.Result, Is.Null);
    }

    [TestCase("""{"task_id": "waits", "task_name": "run_probe", "labels": {}, "args": []}""", "waits")]
    [TestCase("""{"task_name": 1, "labels": {"task_id": "not this"}, "task_id": "waits"}""", "waits")]
    [TestCase("""{"task_name": "x", "task_id": 7}""", null)]
    [TestCase("""{"task_name": "x", "task_id": "\ud800"}""", null)]
    [TestCase("[]", null)]
    public async Task A_malformed_envelope_with_an_id_has_an_error_result_for_whoever_waits(string envelope, string? taskId)
    {
        await _bench.ExecuteAsync(Encoding.UTF8.GetBytes(envelope));

        Assert.That(_bench.Queue.LastLetter!.TaskId, Is.EqualTo(taskId));
        Assert.That(_bench.Queue.LastLetter.Result, taskId is null ? Is.Null : Is.Not.Null);
    }

    [Test]
    public async Task An_envelope_that_is_too_large_is_not_even_read()
    {
        await _bench.ExecuteAsync(new byte[10_001]);

        Assert.That(_bench.Queue.LastLetter!.Reason, Is.EqualTo(DeadLetterReason.TooLarge));
    }

    [Test]
    public async Task An_unknown_job_is_parked_for_a_worker_that_knows_it()
    {
        var outcome = await _bench.ExecuteAsync("no_such_job");

        Assert.That(outcome, Is.InstanceOf<JobOutcome.Parked>());
        Assert.That(_bench.Queue.Settled.Single().Exit, Is.EqualTo("park"));
    }

    [TestCase("run_probes", "run_probes (id) is not known here: was 'run_probe' meant? If not, it waits for a worker that knows it")]
    [TestCase("no_such_job", "no_such_job (id) is not known here: it waits for a worker that knows it")]
    public async Task The_event_of_a_parked_job_names_the_job_that_was_probably_meant(string name, string message)
    {
        await _bench.ExecuteAsync(name);

        Assert.That(_bench.Log.Single().GetProperty("event").GetString(), Is.EqualTo("job_parked"));
        Assert.That(_bench.Log.Single().GetProperty("message").GetString(), Is.EqualTo(message));
    }

    [Test]
    public async Task The_dead_letter_and_the_error_result_of_an_unknown_job_name_the_job_that_was_probably_meant()
    {
        _bench.Queue.Answers.Enqueue(() => Settlement.Full);

        await _bench.ExecuteAsync("run_probes");

        Assert.That(_bench.Queue.LastLetter!.Detail, Does.StartWith("No worker knows the job 'run_probes' (was 'run_probe' meant?), and "));
        Assert.That(_bench.Queue.Settled.Single().Written, Does.Contain("(was 'run_probe' meant?)"));
    }

    [Test]
    public async Task An_unknown_job_with_no_room_to_park_is_a_dead_letter_with_an_error_result()
    {
        _bench.Queue.Answers.Enqueue(() => Settlement.Full);

        await _bench.ExecuteAsync("no_such_job");

        Assert.That(_bench.Queue.LastLetter!.Reason, Is.EqualTo(DeadLetterReason.UnknownJob));
        Assert.That(_bench.Queue.Settled.Single().Written, Does.Contain("no_such_job"));
    }

    [Test]
    public async Task Each_run_has_a_handler_of_its_own()
    {
        await _bench.ExecuteAsync();
        await _bench.ExecuteAsync();

        Assert.That(_bench.Probe.Handlers[0], Is.Not.SameAs(_bench.Probe.Handlers[1]));
    }

    [Test]
    public async Task A_run_that_lost_its_job_writes_nothing_and_says_so()
    {
        _bench.Queue.Answers.Enqueue(() => Settlement.Fenced);

        var outcome = await _bench.ExecuteAsync();

        Assert.That(outcome, Is.InstanceOf<JobOutcome.Fenced>());
    }

    [Test]
    public async Task A_job_whose_result_has_no_place_has_succeeded_all_the_same()
    {
        _bench.Queue.Answers.Enqueue(() => Settlement.DoneWithoutResult);

        Assert.That(await _bench.ExecuteAsync(), Is.InstanceOf<JobOutcome.Succeeded>());
    }

    [Test]
    public async Task A_finish_whose_reply_was_lost_is_repeated_and_not_called_fenced()
    {
        _bench.Queue.Answers.Enqueue(FakeJobQueue.ConnectionLost);
        _bench.Queue.Answers.Enqueue(() => Settlement.AlreadyDone);

        var outcome = await _bench.Time.AdvanceUntilEndAsync(_bench.ExecuteAsync(), TimeSpan.FromMilliseconds(200));

        Assert.That(outcome, Is.InstanceOf<JobOutcome.Succeeded>());
    }

    [Test]
    public async Task A_run_is_cancelled_at_its_timeout_and_tried_again()
    {
        _bench.Probe.Code = async (_, token) =>
        {
            await Task.Delay(Timeout.Infinite, token);
            return new JobSummary(0, 0, 0);
        };
        var labels = JobLabels.Empty.With("timeout", "2.5");

        var running = _bench.ExecuteAsync(new JobEnvelope { TaskId = "id", TaskName = "run_probe", Labels = labels });
        var outcome = await _bench.Time.AdvanceUntilEndAsync(running, TimeSpan.FromSeconds(2.5));

        Assert.That(outcome, Is.InstanceOf<JobOutcome.Retried>().With.Property("Cause").InstanceOf<JobOutcome.TimedOut>());
    }

    [Test]
    public async Task A_handler_that_ignores_its_cancellation_is_settled_without_it_and_keeps_its_slot()
    {
        var release = new TaskCompletionSource<JobSummary>();
        _bench.Probe.Code = (_, _) => release.Task;
        var labels = JobLabels.Empty.With("timeout", "1").With("max_retries", "1");

        var running = _bench.ExecuteAsync(new JobEnvelope { TaskId = "id", TaskName = "run_probe", Labels = labels });
        await _bench.Time.AdvanceUntilAsync(() => _bench.Queue.Settled.Count == 1, TimeSpan.FromSeconds(1));
        var slotWasHeld = !running.IsCompleted;
        release.SetResult(new JobSummary(0, 0, 0));
        await running;

        Assert.That(slotWasHeld, Is.True);
        Assert.That(_bench.Queue.Settled.Single().Exit, Is.EqualTo("dead_letter"));
        Assert.That(_bench.Queue.Settled.Single().Written, Does.Contain("TimeoutError"));
    }

    [Test]
    public async Task A_run_that_is_drained_is_given_back_with_its_bytes_unchanged()
    {
        var started = new TaskCompletionSource();
        _bench.Probe.Code = async (_, token) =>
        {
            started.SetResult();
            await Task.Delay(Timeout.Infinite, token);
            return new JobSummary(0, 0, 0);
        };

        var running = _bench.ExecuteAsync();
        await started.Task;
        _bench.Run!.Cancel(CancelReason.Drain);

        Assert.That(await running, Is.InstanceOf<JobOutcome.GivenBack>());
        Assert.That(_bench.Queue.Settled.Single().Exit, Is.EqualTo("give_back"));
    }

    [Test]
    public async Task A_run_whose_worker_was_recovered_is_cancelled_and_settles_nothing()
    {
        var started = new TaskCompletionSource();
        _bench.Probe.Code = async (_, token) =>
        {
            started.SetResult();
            await Task.Delay(Timeout.Infinite, token);
            return new JobSummary(0, 0, 0);
        };

        var running = _bench.ExecuteAsync();
        await started.Task;
        _bench.Run!.Cancel(CancelReason.Fenced);

        Assert.That(await running, Is.InstanceOf<JobOutcome.Fenced>());
        Assert.That(_bench.Queue.Settled, Is.Empty);
    }

    private Task<JobOutcome> UntilEndedAsync(Task<JobOutcome> running) =>
        _bench.Time.AdvanceUntilEndAsync(running, TimeSpan.FromSeconds(1));
}
