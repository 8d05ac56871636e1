using Dashtam.Jobs.Core.Execution.Runs;
using Dashtam.Jobs.Core.Queue;
using NUnit.Framework;

namespace Dashtam.Jobs.Tests.Unit.Core.Execution.Runs;

[Category("Unit")]
internal sealed class RunTests
{
    private readonly List<(RunState Before, RunState After)> _told = [];
    private Run _run = null!;

    [SetUp]
    public void SetUp()
    {
        _told.Clear();
        _run = new Run(new Delivery([], "w"), 0, CancellationToken.None, (_, before, after) => _told.Add((before, after)));
    }

    [TearDown]
    public void TearDown() => _run.Dispose();

    [Test]
    public void A_handler_that_is_abandoned_passes_each_state_once()
    {
        foreach (var step in new[] { RunStep.Begin, RunStep.Call, RunStep.Wait, RunStep.Abandon, RunStep.Settle, RunStep.Return })
        {
            _run.Move(step);
        }

        Assert.That(_told.Select(move => move.After), Is.EqualTo(new[]
        {
            RunState.Begun, RunState.Called, RunState.Waiting, RunState.Abandoned, RunState.Settled, RunState.Ended,
        }));
    }

    [Test]
    public void A_step_that_comes_too_late_changes_nothing_and_is_told_to_nobody()
    {
        _run.Move(RunStep.Begin);
        _run.Move(RunStep.Call);
        _run.Move(RunStep.Return);
        _told.Clear();

        Assert.That(_run.Move(RunStep.Abandon), Is.EqualTo(RunState.Returned));
        Assert.That(_run.State, Is.EqualTo(RunState.Returned));
        Assert.That(_told, Is.Empty);
    }

    [Test]
    public void Of_two_threads_that_end_a_handler_one_wins()
    {
        for (var round = 0; round < 200; round++)
        {
            SetUp();
            _run.Move(RunStep.Begin);
            _run.Move(RunStep.Call);
            var wins = 0;

            Parallel.Invoke(
                () => Win(_run.Move(RunStep.Return)),
                () => Win(_run.Move(RunStep.Abandon)));

            Assert.That(wins, Is.EqualTo(1));

            void Win(RunState before) => Interlocked.Add(ref wins, before == RunState.Called ? 1 : 0);
        }
    }

    [Test]
    public void The_slot_goes_on_when_no_handler_is_to_be_called()
    {
        _run.Move(RunStep.Begin);
        Assert.That(_run.Ready.IsSet, Is.False);

        _run.Move(RunStep.Skip);

        Assert.That(_run.Ready.IsSet, Is.True);
    }

    [Test]
    public void The_first_reason_to_cancel_counts_also_before_the_run_begins()
    {
        _run.Cancel(CancelReason.Drain);
        _run.Cancel(CancelReason.Fenced);

        Assert.That(_run.CancelledBecause, Is.EqualTo(CancelReason.Drain));
        Assert.That(_run.CancelledOutcome, Is.InstanceOf<JobOutcome.GivenBack>());
        Assert.That(_run.Token.IsCancellationRequested, Is.True);
    }
}
