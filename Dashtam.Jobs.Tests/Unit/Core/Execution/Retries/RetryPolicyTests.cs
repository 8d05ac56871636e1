using Dashtam.Jobs.Core.Execution.Runs;
using Dashtam.Jobs.Core.Wire;
using Dashtam.Jobs.Tests.Support;
using NUnit.Framework;

namespace Dashtam.Jobs.Tests.Unit.Core.Execution.Retries;

[Category("Unit")]
internal sealed class RetryPolicyTests
{
    private ExecutionBench _bench = null!;

    [SetUp]
    public void SetUp()
    {
        _bench = new ExecutionBench();
        _bench.Probe.Code = (_, _) => throw new InvalidOperationException("no");
    }

    [TearDown]
    public void TearDown() => _bench.Dispose();

    [TestCase(98, true)]
    [TestCase(99, false)]
    [TestCase(1_000_000, false)]
    public async Task No_label_asks_for_more_attempts_than_the_ceiling(int failed, bool again)
    {
        var outcome = await FailAsync(failed, ("max_retries", "2147483647"));

        Assert.That(outcome is JobOutcome.Retried, Is.EqualTo(again));
        Assert.That(_bench.Queue.Settled.Single().Exit, Is.EqualTo(again ? "retry" : "dead_letter"));
        Assert.That(Said("attempts_limited"), Is.EqualTo(again ? 0 : 1));
    }

    [TestCase(3, 0)]
    [TestCase(4, 1)]
    [TestCase(50, 1)]
    public async Task From_the_sixth_attempt_on_a_pause_is_never_shorter_than_the_floor(int failed, int seconds)
    {
        await FailAsync(failed, ("max_retries", "1000"), ("delay", "0"));

        Assert.That(_bench.Queue.LastDelay, Is.EqualTo(TimeSpan.FromSeconds(seconds)));
        Assert.That(_bench.Queue.Settled.Single().Written, Does.Contain("\"delay\": \"0\"").And.Contain("\"max_retries\": \"1000\""));
        Assert.That(Said("retry_pause_raised"), Is.EqualTo(seconds));
    }

    [Test]
    public async Task The_floor_holds_for_the_jittered_pause_too()
    {
        _bench.Random.Next01 = 0;

        await FailAsync(7, ("max_retries", "1000"));

        Assert.That(_bench.Queue.LastDelay, Is.EqualTo(TimeSpan.FromSeconds(1)));
        Assert.That(Said("retry_pause_raised"), Is.Zero, "nobody asked for a shorter one");
    }

    [Test]
    public async Task A_pause_above_the_floor_stays_as_it_was_asked_for()
    {
        await FailAsync(50, ("max_retries", "1000"), ("delay", "2.5"));

        Assert.That(_bench.Queue.LastDelay, Is.EqualTo(TimeSpan.FromSeconds(2.5)));
    }

    [Test]
    public async Task A_limit_that_acts_is_said_once_for_a_job()
    {
        for (var failed = 90; failed < 110; failed++)
        {
            await FailAsync(failed, ("max_retries", "1000"), ("delay", "0"));
        }

        Assert.That(Said("retry_pause_raised"), Is.EqualTo(1));
        Assert.That(Said("attempts_limited"), Is.EqualTo(1));
    }

    private async Task<JobOutcome> FailAsync(int failed, params (string Name, string Value)[] labels)
    {
        var all = labels.Aggregate(JobLabels.Empty.WithFailedAttempts(failed), (some, label) => some.With(label.Name, label.Value));
        return await _bench.ExecuteAsync(new JobEnvelope { TaskId = "id", TaskName = "run_probe", Labels = all });
    }

    private int Said(string eventName) => _bench.Log.Count(eventName);
}
