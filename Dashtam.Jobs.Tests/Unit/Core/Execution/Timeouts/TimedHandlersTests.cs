using System.Text.Json;
using Dashtam.Jobs.Core.Execution;
using Dashtam.Jobs.Core.Execution.Runs;
using Dashtam.Jobs.Core.Schedules;
using Dashtam.Jobs.Core.Wire;
using Dashtam.Jobs.Tests.Support;
using Microsoft.Extensions.Logging;
using NUnit.Framework;

namespace Dashtam.Jobs.Tests.Unit.Core.Execution.Timeouts;

/// <summary>How the stages hand the handler to the slot.</summary>
[Category("Unit")]
internal sealed class TimedHandlersTests
{
    private readonly ExecutionBench _bench = new();

    [TearDown]
    public void TearDown() => _bench.Dispose();

    [Test]
    public async Task The_stages_return_before_the_handler_is_called()
    {
        var run = Hold();

        var settled = _bench.Executor.ExecuteAsync(run);
        Assert.That((run.State, _bench.Probe.Runs.Count, settled.IsCompleted), Is.EqualTo((RunState.Begun, 0, false)));
        await _bench.Handlers.CallAsync(run);

        Assert.That(await settled, Is.InstanceOf<JobOutcome.Succeeded>());
        Assert.That((run.State, _bench.Probe.Runs.Count), Is.EqualTo((RunState.Ended, 1)));
    }

    [Test]
    public void A_short_handler_is_called_and_its_stages_go_on_on_the_thread_of_the_slot()
    {
        var (here, inHandler) = (Environment.CurrentManagedThreadId, 0);
        _bench.Probe.Code = (_, _) =>
        {
            inHandler = Environment.CurrentManagedThreadId;
            return Task.FromResult(new JobSummary(1, 1, 0));
        };
        var run = Hold();

        _ = _bench.Executor.ExecuteAsync(run);
        var returned = _bench.Handlers.CallAsync(run);

        Assert.That((returned.IsCompleted, inHandler), Is.EqualTo((true, here)));
        Assert.That(run.State, Is.AnyOf(RunState.Returned, RunState.Ended), "only Redis is waited for");
    }

    [TestCase(false)]
    [TestCase(true, Description = "the stages come to the handler on another thread than the slot's")]
    public async Task What_a_handler_logs_carries_its_job_and_what_the_slot_logs_does_not(bool late)
    {
        var slot = _bench.RunLog.Factory.CreateLogger("slot");
        _bench.Probe.Code = async (_, _) =>
        {
            Say(slot, "before the first wait");
            await Task.Yield();
            Say(slot, "after the first wait");
            return new JobSummary(1, 1, 0);
        };
        var answer = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _bench.ScheduleRuns.Newest = "id";
        _bench.ScheduleRuns.Answer = answer.Task;

        var run = Hold(late ? OverlapPolicy.Replace : OverlapPolicy.Queue);
        var settled = _bench.Executor.ExecuteAsync(run);
        var returned = _bench.Handlers.CallAsync(run);
        Say(slot, "of the slot");
        answer.SetResult();
        await returned;
        await settled;

        Assert.That(TaskIdOf("before the first wait"), Is.EqualTo("id"));
        Assert.That(TaskIdOf("after the first wait"), Is.EqualTo("id"));
        Assert.That(TaskIdOf("of the slot"), Is.Null);
    }

    [Test]
    public async Task A_handler_that_is_not_called_leaves_its_slot_while_Redis_is_still_asked()
    {
        var reply = new TaskCompletionSource();
        _bench.Queue.Reply = reply.Task;
        _bench.ScheduleRuns.Newest = "the next one";
        var run = Hold(OverlapPolicy.Replace);

        var settled = _bench.Executor.ExecuteAsync(run);
        await _bench.Handlers.CallAsync(run).WaitAsync(TimeSpan.FromSeconds(30));

        Assert.That((run.State, settled.IsCompleted), Is.EqualTo((RunState.Returned, false)));
        reply.SetResult();
        Assert.That(await settled, Is.InstanceOf<JobOutcome.Replaced>());
        Assert.That(_bench.Probe.Runs, Is.Empty);
    }

    private Run Hold(OverlapPolicy policy = OverlapPolicy.Queue) => new(
        _bench.Queue.Hold(
            new JobEnvelope
            {
                TaskId = "id",
                TaskName = "run_probe",
                Labels = ScheduleLabels.Of(new JobSchedule("run_probe", "run_probe", "* * * * *", "UTC", Setting: null) { Overlap = policy }),
            }.ToUtf8(),
            "w"),
        _bench.Time.GetTimestamp(), CancellationToken.None);

    private static void Say(ILogger logger, string message) =>
        logger.Log(LogLevel.Information, new EventId(1, "said"), message, exception: null, (text, _) => text);

    private string? TaskIdOf(string message)
    {
        var line = _bench.RunLog.Lines.Select(text => JsonElement.Parse(text)).Single(
            line => line.GetProperty("message").GetString() == message);
        return line.TryGetProperty("task_id", out var id) ? id.GetString() : null;
    }
}
