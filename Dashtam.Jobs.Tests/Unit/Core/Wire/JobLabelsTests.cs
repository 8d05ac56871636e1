using System.Text.RegularExpressions;
using Dashtam.Jobs.Core.Wire;
using NUnit.Framework;

namespace Dashtam.Jobs.Tests.Unit.Core.Wire;

[Category("Unit")]
public sealed class JobLabelsTests
{
    [TestCase("\"True\"", true)]
    [TestCase("\"true\"", true)]
    [TestCase("\"False\"", false)]
    [TestCase("true", true)]
    [TestCase("false", false)]
    [TestCase("\"1\"", true)]
    [TestCase("1", true)]
    [TestCase("0", false)]
    [TestCase("\"yes\"", null)]
    [TestCase("\"\"", null)]
    [TestCase("2", null)]
    [TestCase("null", null)]
    [TestCase("[true]", null)]
    [TestCase("{}", null)]
    [TestCase("NaN", null)]
    public void Retry_on_error_is_read_leniently(string value, bool? expected) =>
        Assert.That(Label("retry_on_error", value).RetryOnError, Is.EqualTo(expected));

    [TestCase("\"3\"", 3)]
    [TestCase("3", 3)]
    [TestCase("\" 3 \"", 3)]
    [TestCase("3.0", 3)]
    [TestCase("\"3.0\"", 3)]
    [TestCase("0", 0)]
    [TestCase("\"-1\"", 0)]
    [TestCase("-99999999999999999999", 0)]
    [TestCase("\"2.5\"", null)]
    [TestCase("\"x\"", null)]
    [TestCase("\"\"", null)]
    [TestCase("2147483647", int.MaxValue)]
    [TestCase("2147483648", null)]
    [TestCase("\"1180591620717411303424\"", null)]
    [TestCase("1e400", null)]
    [TestCase("true", null)]
    [TestCase("null", null)]
    [TestCase("Infinity", null)]
    public void Max_retries_is_read_leniently(string value, int? expected) =>
        Assert.That(Label("max_retries", value).MaxRetries, Is.EqualTo(expected));

    [TestCase("\"2\"", 2)]
    [TestCase("2", 2)]
    [TestCase("\"x\"", 0)]
    [TestCase("-3", 0)]
    [TestCase("99999999999999999999", 1_000_000_000)]
    public void Failed_attempts_are_read_leniently(string value, int expected) =>
        Assert.That(Label("_retries", value).FailedAttempts, Is.EqualTo(expected));

    [TestCase("\"300\"", 300)]
    [TestCase("300", 300)]
    [TestCase("\"2.5\"", 2.5)]
    [TestCase("0.2", 0.2)]
    [TestCase("2592000", 2592000)]
    [TestCase("2592001", null)]
    [TestCase("0", null)]
    [TestCase("1e-300", null)]
    [TestCase("\"-5\"", null)]
    [TestCase("1e300", null)]
    [TestCase("\"inf\"", null)]
    [TestCase("\"nan\"", null)]
    [TestCase("\"Infinity\"", null)]
    [TestCase("Infinity", null)]
    [TestCase("\"5 minutes\"", null)]
    [TestCase("true", null)]
    [TestCase("null", null)]
    public void The_timeout_is_read_leniently(string value, double? seconds) =>
        Assert.That(Label("timeout", value).Timeout?.TotalSeconds, Is.EqualTo(seconds));

    [TestCase("\"30\"", 30)]
    [TestCase("0", 0)]
    [TestCase("5.0", 5)]
    [TestCase("-1", null)]
    [TestCase("31536001", null)]
    public void The_delay_is_read_leniently(string value, double? seconds) =>
        Assert.That(Label("delay", value).Delay?.TotalSeconds, Is.EqualTo(seconds));

    [Test]
    public void Labels_that_are_not_there_leave_the_defaults()
    {
        var labels = JobLabels.Empty;

        Assert.That(labels.RetryOnError, Is.Null);
        Assert.That(labels.MaxRetries, Is.Null);
        Assert.That(labels.FailedAttempts, Is.Zero);
        Assert.That(labels.Timeout, Is.Null);
        Assert.That(labels.Delay, Is.Null);
        Assert.That(labels.Text("category"), Is.Null);
    }

    [Test]
    public void A_message_of_the_scheduler_is_read_although_all_its_labels_are_text()
    {
        var labels = WireFixtures.Message("message-fired-by-taskiq-scheduler.json").Labels;

        Assert.That(labels.RetryOnError, Is.True);
        Assert.That(labels.MaxRetries, Is.EqualTo(3));
        Assert.That(labels.Timeout, Is.EqualTo(TimeSpan.FromMinutes(5)));
        Assert.That(labels.Text("schedule_id"), Is.EqualTo("cb22e4c3c670402c8648952cef7f5d8d"));
    }

    [Test]
    public void Fractions_of_a_second_and_the_delay_are_read()
    {
        var labels = WireFixtures.Message("message-labels-timeout-delay-priority.json").Labels;

        Assert.That(labels.Timeout, Is.EqualTo(TimeSpan.FromSeconds(2.5)));
        Assert.That(labels.Delay, Is.EqualTo(TimeSpan.FromSeconds(30)));
        Assert.That(labels.Text("priority"), Is.EqualTo("5"));
    }

    [TestCase("\"\\u017c\\n\"", "ż\n")]
    [TestCase("5", "5")]
    [TestCase("1.50", "1.50")]
    [TestCase("true", "true")]
    [TestCase("null", null)]
    [TestCase("[1]", null)]
    public void A_label_has_a_text(string value, string? expected) =>
        Assert.That(Label("x", value).Text("x"), Is.EqualTo(expected));

    [Test]
    public void A_lone_surrogate_stays_in_the_text() =>
        Assert.That(Label("x", "\"a\\ud800\"").Text("x"), Is.EqualTo("a\ud800"));

    [Test]
    public void A_first_retry_adds_the_count_as_TaskIQ_does()
    {
        var first = WireFixtures.Parse(WireFixtures.Text("message-retry-simple-1.json")
            .Replace(", \"_retries\": \"1\"", "", StringComparison.Ordinal)
            .Replace(", \"_retries\": 2", "", StringComparison.Ordinal));

        var retried = first with { Labels = first.Labels.WithFailedAttempts(1) };

        Assert.That(first.Labels.FailedAttempts, Is.Zero);
        Assert.That(retried.ToText(), Is.EqualTo(WireFixtures.Text("message-retry-simple-1.json")));
    }

    [TestCase("message-retry-simple-1.json", "message-retry-simple-2.json")]
    [TestCase("message-retry-smart-1.json", "message-retry-smart-2.json")]
    public void A_second_retry_counts_in_place_as_TaskIQ_does(string firstFile, string secondFile)
    {
        var first = WireFixtures.Message(firstFile);

        var retried = first with { Labels = first.Labels.WithFailedAttempts(2) };

        Assert.That(retried.ToText(), Is.EqualTo(WireFixtures.Text(secondFile)));
    }

    [TestCaseSource(typeof(WireFixtures), nameof(WireFixtures.Messages))]
    public void A_retry_changes_nothing_but_the_count(string file)
    {
        var before = WireFixtures.Message(file);

        var after = WireFixtures.Parse((before with { Labels = before.Labels.WithFailedAttempts(7) }).ToUtf8());

        Assert.That(after.Labels.FailedAttempts, Is.EqualTo(7));
        Assert.That(WithoutCount(after), Is.EqualTo(WithoutCount(before)));
    }

    [Test]
    public void A_retry_keeps_values_and_types_that_the_service_does_not_understand()
    {
        var envelope = WireFixtures.Envelope(
            """{"raw": {"a":  [1.0,NaN]}, "\u017c": "ż\/", "big": 18446744073709551616}""", """{"gone": 3, "big": 99, "raw":"?"}""");

        var retried = (envelope with { Labels = envelope.Labels.WithFailedAttempts(1) }).ToText();

        Assert.That(retried, Does.Contain(
            """
            "labels": {"raw": {"a":  [1.0,NaN]}, "\u017c": "ż\/", "big": 18446744073709551616, "_retries": "1"}, "labels_types": {"gone": 3, "big": 99, "raw": "?", "_retries": 2}
            """));
    }

    [TestCase("message-labels-types-null.json", """{"a": "1", "n": 5, "_retries": "1"}, "labels_types": null,""")]
    [TestCase("message-taskiq-0.10-no-labels-types.json", """, "dct": "{'k': 1}", "_retries": "1"}, "args": [1]""")]
    public void A_retry_gives_no_type_where_there_are_none(string file, string expected)
    {
        var envelope = WireFixtures.Message(file);

        var retried = envelope with { Labels = envelope.Labels.WithFailedAttempts(1) };

        Assert.That(retried.ToText(), Does.Contain(expected));
        Assert.That(retried.Labels.FailedAttempts, Is.EqualTo(1));
    }

    [Test]
    public void Setting_a_label_takes_its_former_type_away()
    {
        var envelope = WireFixtures.Envelope("""{"a": "1", "b": "2"}""", """{"a": 2, "b": 2}""");

        var changed = envelope with { Labels = envelope.Labels.With("a", "x").With("c", "y") };

        Assert.That(changed.ToText(), Does.Contain(
            """{"a": "x", "b": "2", "c": "y"}, "labels_types": {"b": 2},"""));
    }

    private static string WithoutCount(JobEnvelope envelope) =>
        Regex.Replace(envelope.ToText(), """(, )?"_retries": ("\d+"|2)""", "", RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(1));

    private static JobLabels Label(string name, string value) => WireFixtures.Envelope($"{{\"{name}\": {value}}}").Labels;
}
