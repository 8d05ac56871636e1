using System.Text;
using Dashtam.Jobs.Core.Execution.Runs;
using Dashtam.Jobs.Tests.Support;
using Dashtam.Jobs.Tests.Unit.Core.Wire;
using NUnit.Framework;

namespace Dashtam.Jobs.Tests.Unit.Core.Execution.Retries;

/// <summary>Messages that TaskIQ's retry middlewares pushed, failed once more here.</summary>
[Category("Unit")]
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal sealed class RetryLabelTests : IDisposable
{
    private readonly ExecutionBench _bench = new();

    public RetryLabelTests() => _bench.Probe.Code = (_, _) => throw new InvalidOperationException("no");

    public void Dispose() => _bench.Dispose();

    [TestCase("message-retry-simple-1.json", "message-retry-simple-2.json")]
    [TestCase("message-retry-smart-1.json", "message-retry-smart-2.json")]
    public async Task The_next_message_is_byte_for_byte_the_one_that_TaskIQ_pushed(string before, string after)
    {
        var outcome = await _bench.ExecuteAsync(Message(before));

        Assert.That(outcome, Is.InstanceOf<JobOutcome.Retried>());
        Assert.That(_bench.Queue.Settled.Single().Written, Is.EqualTo(Encoding.UTF8.GetString(Message(after))));
    }

    [TestCase("message-retry-simple-2.json")]
    [TestCase("message-retry-smart-2.json")]
    public async Task Max_retries_are_runs_in_all_as_TaskIQ_counts_them(string last)
    {
        await _bench.ExecuteAsync(Message(last));

        Assert.That(_bench.Queue.Settled.Single().Exit, Is.EqualTo("dead_letter"));
        Assert.That(_bench.Queue.LastLetter!.Attempts, Is.EqualTo(3));
    }

    [TestCase("5.0", 5_000)]
    [TestCase("0", 0)]
    [TestCase("0.0", 0)]
    [TestCase("0.25", 250)]
    public async Task The_label_delay_is_the_pause_and_zero_means_at_once(string delay, int milliseconds)
    {
        var text = Encoding.UTF8.GetString(Message("message-retry-smart-1.json")).Replace("\"5.0\"", $"\"{delay}\"", StringComparison.Ordinal);

        await _bench.ExecuteAsync(Encoding.UTF8.GetBytes(text));

        Assert.That(_bench.Queue.LastDelay, Is.EqualTo(TimeSpan.FromMilliseconds(milliseconds)));
    }

    [Test]
    public async Task Labels_that_mean_nothing_here_are_kept_byte_for_byte_with_their_types()
    {
        const string labels = """
            "ack_type": "when_executed", "_taskiq_queue_time": "1.5e-07", "types_of_exceptions": "[<class 'ValueError'>]", "x\u00e4": {"a": [1.0]}, "n": 18446744073709551616
            """;
        const string types = """
            "ack_type": 3, "_taskiq_queue_time": 4, "types_of_exceptions": 1, "gone": 2
            """;
        var envelope = $$$"""{"task_id": "id", "task_name": "run_probe", "labels": {{{{labels.Trim()}}}}, "labels_types": {{{{types.Trim()}}}}, "args": [], "kwargs": {}}""";

        await _bench.ExecuteAsync(Encoding.UTF8.GetBytes(envelope));

        Assert.That(_bench.Queue.Settled.Single().Written, Is.EqualTo(envelope
            .Replace("18446744073709551616}", "18446744073709551616, \"_retries\": \"1\"}", StringComparison.Ordinal)
            .Replace("\"gone\": 2}", "\"gone\": 2, \"_retries\": 2}", StringComparison.Ordinal)));
    }

    [TestCase("{}", true)]
    [TestCase("null", true)]
    [TestCase(null, false)]
    public async Task What_tells_a_TaskIQ_client_s_message_survives_a_retry(string? types, bool expected)
    {
        await _bench.ExecuteAsync((WireFixtures.Envelope("{}", types) with { TaskName = "run_probe" }).ToUtf8());

        var next = WireFixtures.Parse(_bench.Queue.Settled.Single().Written);
        Assert.That(next.Labels.HasTypes, Is.EqualTo(expected));
        Assert.That(_bench.Run!.Delivery.HasLabelTypes, Is.EqualTo(expected));
    }

    private static byte[] Message(string file) => (WireFixtures.Message(file) with { TaskName = "run_probe" }).ToUtf8();
}
