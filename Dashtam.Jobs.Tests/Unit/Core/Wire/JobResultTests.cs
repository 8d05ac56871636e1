using System.Text;
using System.Text.Json;
using Dashtam.Jobs.Core.Execution;
using Dashtam.Jobs.Core.Wire;
using NUnit.Framework;

namespace Dashtam.Jobs.Tests.Unit.Core.Wire;

[Category("Unit")]
public sealed class JobResultTests
{
    private static readonly JobSummary Summary = new(11, 8, 1);

    [Test]
    public void A_success_is_written_as_TaskIQ_writes_it()
    {
        var labels = WireFixtures.Envelope(
            """{"retry_on_error": "True", "max_retries": "3", "timeout": "300"}""",
            """{"retry_on_error": 5, "max_retries": 2, "timeout": 2}""").Labels;

        var result = JobResult.FromJson(
            """{"checked":11,"expiring":8,"notified":8}"""u8.ToArray(), TimeSpan.FromMilliseconds(23), labels);

        Assert.That(result.ToText(), Is.EqualTo(WireFixtures.Text("result-ok-check-expiring-tokens.json")));
    }

    [TestCase("result-ok-none.json", 0)]
    [TestCase("result-ok-every-type.json", 4)]
    [TestCase("result-ok-with-progress.json", 1007)]
    [TestCase("result-ok-check-expiring-sessions.json", 12)]
    public void A_value_of_any_type_is_written_as_TaskIQ_writes_it(string file, int milliseconds)
    {
        using var capture = JsonDocument.Parse(WireFixtures.Bytes(file));
        var value = Encoding.UTF8.GetBytes(capture.RootElement.GetProperty("return_value").GetRawText());

        var result = JobResult.FromJson(value, TimeSpan.FromMilliseconds(milliseconds), JobLabels.Empty);

        Assert.That(result.ToText(), Is.EqualTo(WireFixtures.Text(file)));
    }

    [Test]
    public void The_counts_come_first_and_the_details_in_order()
    {
        var summary = Summary.With("expiring", 8).With("note", "ż").With("none", (string?)null).With("expiring", 9)
            .With("echo", JsonElement.Parse("""{"a":[1.0,"\ud800",18446744073709551616]}""")).With("unset", default(JsonElement));

        var result = JobResult.Success(summary, TimeSpan.Zero, JobLabels.Empty);

        Assert.That(result.ToText(), Is.EqualTo(
            """
            {"is_err": false, "log": null, "return_value": {"checked": 11, "processed": 8, "errors": 1, "expiring": 9, "note": "\u017c", "none": null, "echo": {"a": [1.0, "\ud800", 18446744073709551616]}, "unset": null}, "execution_time": 0.0, "labels": {}, "error": null}
            """));
    }

    [TestCase(0, "0.0")]
    [TestCase(-5, "0.0")]
    [TestCase(4, "0.0")]
    [TestCase(210.4, "0.21")]
    [TestCase(1000, "1.0")]
    [TestCase(86_400_500, "86400.5")]
    public void The_execution_time_is_in_seconds_with_two_digits(double milliseconds, string expected)
    {
        var result = JobResult.Success(Summary, TimeSpan.FromMilliseconds(milliseconds), JobLabels.Empty);

        Assert.That(result.ToText(), Does.Contain($"\"execution_time\": {expected}, "));
    }

    [Test]
    public void Labels_are_parsed_back_as_TaskIQ_does()
    {
        var labels = WireFixtures.Envelope(
            """{"s": "text", "i": "42", "f": "1.5", "t": "True", "none": "None", "dct": "{'k': 'v'}"}""",
            """{"s": 3, "i": 2, "f": 4, "t": 5, "none": 1, "dct": 1}""").Labels;
        using var capture = JsonDocument.Parse(WireFixtures.Bytes("result-ok-labels-are-parsed-back.json"));
        var value = Encoding.UTF8.GetBytes(capture.RootElement.GetProperty("return_value").GetRawText());

        var result = JobResult.FromJson(value, TimeSpan.Zero, labels);

        Assert.That(result.ToText(), Is.EqualTo(WireFixtures.Text("result-ok-labels-are-parsed-back.json")));
    }

    [Test]
    public void Labels_of_every_type_are_parsed_back()
    {
        var labels = WireFixtures.Message("message-labels-every-type.json").Labels;

        Assert.That(ParsedBack(labels), Is.EqualTo(
            """
            {"s": "text", "empty": "", "i": 42, "neg": -7, "big": 1180591620717411303424, "f": 1.5, "fe": 1e-07, "whole": 2.0, "inf": null, "t": true, "fa": false, "b": "AP9ieXRlcw==", "none": "None", "lst": "[1, 'a']", "dct": "{'k': 'v', 'n': None}", "uni": "\u017c\u00f3\u0142\u0107", "when": "2026-01-02 00:00:00+00:00"}
            """));
    }

    [TestCase("\"x\"", "2", "\"x\"")]
    [TestCase("\"-\"", "2", "\"-\"")]
    [TestCase("\" +007 \"", "2", "7")]
    [TestCase("\"-0\"", "2", "0")]
    [TestCase("\"x\"", "4", "\"x\"")]
    [TestCase("\"-inf\"", "4", "null")]
    [TestCase("\"nan\"", "4", "null")]
    [TestCase("\"TRUE\"", "5", "true")]
    [TestCase("\"1\"", "5", "false")]
    [TestCase("\"1\"", "99", "\"1\"")]
    [TestCase("\"1\"", "null", "\"1\"")]
    [TestCase("3", "5", "3")]
    [TestCase("true", "2", "true")]
    [TestCase("NaN", "4", "null")]
    [TestCase("[1.0,{\"a\":\"ż\"}]", "1", "[1.0, {\"a\": \"\\u017c\"}]")]
    [TestCase("\"\\ud800\"", "3", "\"\\ud800\"")]
    public void A_label_is_parsed_back_by_its_type_and_never_lost(string value, string type, string expected)
    {
        var labels = WireFixtures.Envelope($"{{\"k\": {value}}}", $"{{\"k\": {type}}}").Labels;

        Assert.That(ParsedBack(labels), Is.EqualTo($"{{\"k\": {expected}}}"));
    }

    [Test]
    public void Labels_without_types_stay_what_they_are()
    {
        var labels = WireFixtures.Message("message-labels-types-null.json").Labels;

        Assert.That(ParsedBack(labels), Is.EqualTo("""{"a": "1", "n": 5}"""));
    }

    [TestCase(4300, "", TestName = "An_integer_that_Python_can_read_back_is_a_number")]
    [TestCase(4301, "\"", TestName = "An_integer_that_Python_cannot_read_back_is_text")]
    public void Integers_are_bounded(int digits, string quote)
    {
        var number = new string('9', digits);
        var labels = WireFixtures.Envelope($"{{\"k\": \"{number}\", \"n\": {number}}}", """{"k": 2}""").Labels;

        Assert.That(ParsedBack(labels), Is.EqualTo($"{{\"k\": {quote}{number}{quote}, \"n\": {quote}{number}{quote}}}"));
    }

    private static string ParsedBack(JobLabels labels)
    {
        var writer = new PythonJsonWriter();
        labels.WriteParsedBack(writer);
        return Encoding.UTF8.GetString(writer.ToArray());
    }
}
