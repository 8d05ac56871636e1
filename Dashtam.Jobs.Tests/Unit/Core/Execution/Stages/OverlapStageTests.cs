using Dashtam.Jobs.Core.Execution;
using Dashtam.Jobs.Core.Execution.Runs;
using Dashtam.Jobs.Core.Execution.Stages;
using Dashtam.Jobs.Core.Schedules;
using Dashtam.Jobs.Core.Wire;
using Dashtam.Jobs.Tests.Support;
using NUnit.Framework;

namespace Dashtam.Jobs.Tests.Unit.Core.Execution.Stages;

[Category("Unit")]
[CancelAfter(30_000)]
internal sealed class OverlapStageTests
{
    private readonly ExecutionBench _bench = new();

    [TearDown]
    public void TearDown() => _bench.Dispose();

    [Test]
    public async Task A_run_that_was_replaced_before_it_began_does_not_begin()
    {
        _bench.ScheduleRuns.Newest = "the next one";

        var outcome = await _bench.ExecuteAsync(Envelope(OverlapPolicy.Replace));

        Assert.That(outcome, Is.InstanceOf<JobOutcome.Replaced>());
        Assert.That(_bench.Probe.Runs, Is.Empty);
        Assert.That(_bench.Queue.Settled.Single().Exit, Is.EqualTo("end_replaced"));
        Assert.That(_bench.Queue.Settled.Single().Written, Does.Contain("TaskRejectedError"));
    }

    [Test]
    public async Task A_second_attempt_does_not_begin_after_the_job_was_replaced()
    {
        _bench.ScheduleRuns.Newest = "id";
        _bench.Probe.Code = (_, _) => throw new IOException("once");
        var first = await _bench.ExecuteAsync(Envelope(OverlapPolicy.Replace));
        var next = System.Text.Encoding.UTF8.GetBytes(_bench.Queue.Settled.Single().Written);

        _bench.ScheduleRuns.Newest = "the next one";
        var second = await _bench.ExecuteAsync(next);

        Assert.That(first, Is.InstanceOf<JobOutcome.Retried>());
        Assert.That(second, Is.InstanceOf<JobOutcome.Replaced>());
        Assert.That(_bench.Probe.Runs, Has.Count.EqualTo(1));
    }

    [Test]
    public async Task A_run_that_is_replaced_while_it_goes_on_is_cancelled_and_not_tried_again()
    {
        _bench.ScheduleRuns.Newest = "id";
        var begun = new TaskCompletionSource();
        _bench.Probe.Code = async (_, token) =>
        {
            begun.SetResult();
            await Task.Delay(Timeout.Infinite, token);
            return new JobSummary(0, 0, 0);
        };
        var run = _bench.ExecuteAsync(Envelope(OverlapPolicy.Replace));
        await begun.Task;

        _bench.ScheduleRuns.Newest = "the next one";
        var outcome = await _bench.Time.AdvanceUntilEndAsync(run, OverlapStage.Interval);

        Assert.That(outcome, Is.InstanceOf<JobOutcome.Replaced>());
        Assert.That(_bench.Queue.Settled.Select(settled => settled.Exit), Is.EqualTo(new[] { "end_replaced" }));
    }

    [Test]
    public async Task A_run_that_was_not_replaced_ends_as_it_would()
    {
        _bench.ScheduleRuns.Newest = "id";

        Assert.That(await _bench.ExecuteAsync(Envelope(OverlapPolicy.Replace)), Is.InstanceOf<JobOutcome.Succeeded>());
    }

    [Test]
    public async Task A_run_that_a_scheduler_of_before_fired_is_let_be_because_its_successors_may_stand_elsewhere()
    {
        _bench.ScheduleRuns.Newest = "the next one";
        var labels = JobLabels.Empty.With("schedule_id", "run_probe").With("schedule_overlap", "replace");

        var outcome = await _bench.ExecuteAsync(new JobEnvelope { TaskId = "id", TaskName = "run_probe", Labels = labels });

        Assert.That(outcome, Is.InstanceOf<JobOutcome.Succeeded>());
    }

    [TestCase(OverlapPolicy.Queue)]
    [TestCase(OverlapPolicy.Skip)]
    public async Task Other_jobs_pay_nothing(OverlapPolicy policy)
    {
        _bench.ScheduleRuns.Newest = "the next one";

        var outcome = await _bench.ExecuteAsync(Envelope(policy));

        Assert.That(outcome, Is.InstanceOf<JobOutcome.Succeeded>());
        Assert.That(_bench.ScheduleRuns.Asked, Is.Zero);
    }

    [TestCase(OverlapPolicy.Queue, null)]
    [TestCase(OverlapPolicy.Skip, "run_probe")]
    [TestCase(OverlapPolicy.Replace, null)]
    public async Task The_end_of_a_run_is_noted_where_a_policy_watches_it(OverlapPolicy policy, string? watchedBy)
    {
        _bench.ScheduleRuns.Newest = "id";

        await _bench.ExecuteAsync(Envelope(policy));

        Assert.That(_bench.Queue.Settled.Single().Delivery.WatchedBy, Is.EqualTo(watchedBy));
    }

    private static JobEnvelope Envelope(OverlapPolicy policy) => new()
    {
        TaskId = "id",
        TaskName = "run_probe",
        Labels = ScheduleLabels.Of(
            new JobSchedule("run_probe", "run_probe", "* * * * *", "UTC", Setting: null) { Overlap = policy }),
    };
}
