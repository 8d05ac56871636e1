using Dashtam.Jobs.Faults.History;
using NUnit.Framework;

namespace Dashtam.Jobs.Tests.Unit.Faults;

[Category("Unit")]
internal sealed class LogLineReaderTests
{
    private const string Started =
        """{"timestamp":"2026-01-02T03:04:05Z","event":"job_started","job":"run_canary","task_id":"a","attempt":2}""";

    [Test]
    public void A_start_is_a_delivery_at_the_time_at_which_its_line_was_read() => Assert.That(
        LogLineReader.Read("worker-1", Started, nowMs: 7),
        Is.EqualTo(new HistoryEvent(7, HistoryKind.Delivered)
        {
            Process = "worker-1",
            Job = "run_canary",
            TaskId = "a",
            Attempt = 2,
        }));

    [Test]
    public void An_instant_is_read_as_Unix_seconds() => Assert.That(
        LogLineReader.Read(
            "scheduler-1",
            """{"event":"schedule_fired","schedule":"s","instant":"2026-11-24T06:40:00.0000000+00:00","task_id":"f"}""",
            nowMs: 7)?.Instant,
        Is.EqualTo(1_795_502_400));

    [Test]
    public void Dropped_lines_are_told_with_their_number()
    {
        var told = LogLineReader.Read(
            "worker-1", """{"event":"log_lines_dropped","message":"12 log lines were dropped"}""", nowMs: 7);

        Assert.That((told?.Kind, told?.Detail), Is.EqualTo((HistoryKind.LogDropped, "12 log lines were dropped")));
    }

    [Test]
    public void What_a_kill_cut_short_says_nothing() =>
        Assert.That(LogLineReader.Read("worker-1", Started[..40], nowMs: 7), Is.Null);

    [Test]
    public void Other_lines_say_nothing() => Assert.That(
        new[] { """{"event":"redis_connected"}""", "no JSON" }.Select(line => LogLineReader.Read("worker-1", line, nowMs: 7)),
        Is.All.Null);
}
