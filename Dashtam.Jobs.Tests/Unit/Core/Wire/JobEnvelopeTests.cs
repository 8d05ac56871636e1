using System.Text;
using Dashtam.Jobs.Core.Wire;
using NUnit.Framework;

namespace Dashtam.Jobs.Tests.Unit.Core.Wire;

[Category("Unit")]
public sealed class JobEnvelopeTests
{
    // Formatted otherwise than TaskIQ's default; all the others come back byte for byte.
    private static readonly string[] OtherwiseFormatted = ["message-jsonformatter-compact-utf8.json"];

    private static IEnumerable<string> Messages => WireFixtures.Messages;

    private static IEnumerable<string> DefaultMessages => Messages.Except(OtherwiseFormatted, StringComparer.Ordinal);

    [Test]
    public void All_captures_are_there() => Assert.That(Messages.Count(), Is.EqualTo(25));

    [TestCaseSource(nameof(DefaultMessages))]
    public void A_message_in_the_default_format_is_written_back_byte_for_byte(string file)
    {
        var envelope = WireFixtures.Message(file);

        Assert.That(envelope.ToText(), Is.EqualTo(WireFixtures.Text(file)));
    }

    [Test]
    public void The_fields_are_read()
    {
        var envelope = WireFixtures.Message("message-check-expiring-tokens.json");

        Assert.That(envelope.TaskId, Is.EqualTo("0a07b50e237e4a0dbe7f65d3b8ba1f22"));
        Assert.That(envelope.TaskName, Is.EqualTo("dashtam_jobs.tasks.tokens:check_expiring_tokens"));
        Assert.That(envelope.Labels.Names, Is.EqualTo(["retry_on_error", "max_retries", "timeout", "labels"]).AsCollection);
        Assert.That(envelope.Arguments.IsEmpty, Is.True);
    }

    [Test]
    public void An_id_is_any_text()
    {
        var envelope = WireFixtures.Message("message-custom-task-id.json");

        Assert.That(envelope.TaskId, Is.EqualTo("my-own-id 1/ä"));
    }

    [TestCase("message-jsonformatter-compact-utf8.json", """["żółć",null,1.0]""", """{"kw":[true]}""")]
    [TestCase("message-jsonserializer-raw-utf8.json", """["żółć", null, 1.0]""", """{"kw": [true]}""")]
    [TestCase("message-args-nan-pydantic1.json", """[NaN, Infinity, -Infinity, "\u017c"]""", "{}")]
    [TestCase("message-args-lone-surrogate.json", "[]", """{"lone": "\ud800"}""")]
    [TestCase("message-taskiq-0.10-no-labels-types.json", "[1]", """{"a": "\u017c"}""")]
    public void Arguments_stay_as_they_came(string file, string args, string kwargs)
    {
        var arguments = WireFixtures.Message(file).Arguments;

        Assert.That(Encoding.UTF8.GetString(arguments.Positional.Span), Is.EqualTo(args));
        Assert.That(Encoding.UTF8.GetString(arguments.Keywords.Span), Is.EqualTo(kwargs));
        Assert.That(arguments.IsEmpty, Is.False);
    }

    [Test]
    public void Order_and_white_space_carry_no_meaning()
    {
        var envelope = WireFixtures.Parse(
            "\n\t{ \"kwargs\" : { } , \"args\":[ ]\r\n, \"labels\":{}, \"task_name\":\"\\u006aob\", \"task\\u005fid\":\"id\" } ");

        Assert.That(envelope.TaskName, Is.EqualTo("job"));
        Assert.That(envelope.TaskId, Is.EqualTo("id"));
        Assert.That(envelope.Arguments.IsEmpty, Is.True);
    }

    [Test]
    public void A_field_given_twice_has_its_last_value()
    {
        var envelope = WireFixtures.Parse(
            """{"task_id": "a", "task_name": "n", "labels": {}, "args": [1], "kwargs": {}, "task_id": "b", "args": []}""");

        Assert.That(envelope.TaskId, Is.EqualTo("b"));
        Assert.That(envelope.Arguments.IsEmpty, Is.True);
    }

    [Test]
    public void Unknown_fields_survive()
    {
        var json = """{"task_id": "a", "task_name": "n", "labels": {}, "args": [], "kwargs": {}, "\u017c": [1.0,NaN], "x": null}""";

        Assert.That(WireFixtures.Parse(json).ToText(), Is.EqualTo(json));
    }

    [Test]
    public void Our_own_envelope_has_no_types()
    {
        var envelope = new JobEnvelope
        {
            TaskId = "id ż😀",
            TaskName = "job",
            Labels = JobLabels.Empty.With("category", "a\"b"),
            Arguments = JobArguments.From(new { ConnectionId = Guid.Empty, Force = true, Note = (string?)null }),
        };

        Assert.That(envelope.ToText(), Is.EqualTo(
            """
            {"task_id": "id \u017c\ud83d\ude00", "task_name": "job", "labels": {"category": "a\"b"}, "args": [], "kwargs": {"connection_id": "00000000-0000-0000-0000-000000000000", "force": true, "note": null}}
            """));
    }

    [Test]
    public void An_envelope_without_labels_and_arguments_is_complete()
    {
        var envelope = new JobEnvelope { TaskId = "id", TaskName = "job" };

        Assert.That(envelope.ToText(), Is.EqualTo(
            """{"task_id": "id", "task_name": "job", "labels": {}, "args": [], "kwargs": {}}"""));
    }

    [Test]
    public void A_new_id_is_32_lower_case_hex_digits()
    {
        var first = JobEnvelope.NewTaskId();
        var second = JobEnvelope.NewTaskId();

        Assert.That(first, Does.Match("^[0-9a-f]{32}$"));
        Assert.That(second, Is.Not.EqualTo(first));
    }
}
