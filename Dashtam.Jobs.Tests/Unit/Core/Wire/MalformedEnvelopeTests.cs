using System.Text;
using Dashtam.Jobs.Core.Queue.DeadLetters;
using Dashtam.Jobs.Core.Wire;
using NUnit.Framework;

namespace Dashtam.Jobs.Tests.Unit.Core.Wire;

[Category("Unit")]
public sealed class MalformedEnvelopeTests
{
    private const string Rest = "\"labels\": {}, \"args\": [], \"kwargs\": {}";

    private static IEnumerable<TestCaseData> Malformed()
    {
        yield return Case("nothing", "", "empty");
        yield return Case("white space", " \n", "not valid JSON");
        yield return Case("text", "not json", "line 1, byte 2");
        yield return Case("an array", "[]", "must be an object, not an array");
        yield return Case("a number", " 1", "must be an object, not a number");
        yield return Case("a bare word", "NaN", "must be an object, not a number");
        yield return Case("two documents", "{} {}", "not valid JSON");
        yield return Case("truncated", """{"task_id": "a", "task_name": "b", "labels": {"k": """, "not valid JSON");
        yield return Case("no fields", "{}", "required field 'task_id' is missing");
        yield return Case("no labels", """{"task_id": "a", "task_name": "b", "args": [], "kwargs": {}}""", "'labels' is missing");
        yield return Case("no args", """{"task_id": "a", "task_name": "b", "labels": {}, "kwargs": {}}""", "'args' is missing");
        yield return Case("no kwargs", """{"task_id": "a", "task_name": "b", "labels": {}, "args": []}""", "'kwargs' is missing");
        yield return Case("id a number", $$"""{"task_id": 1, "task_name": "b", {{Rest}}}""", "'task_id' must be text, not a number");
        yield return Case("name null", $$"""{"task_id": "a", "task_name": null, {{Rest}}}""", "'task_name' must be text, not null");
        yield return Case("labels an array", With("labels", "[]"), "'labels' must be an object, not an array");
        yield return Case("types text", With("labels_types", "\"x\""), "'labels_types' must be an object, not text");
        yield return Case("args an object", With("args", "{}"), "'args' must be an array, not an object");
        yield return Case("kwargs a boolean", With("kwargs", "true"), "'kwargs' must be an object, not a boolean");
        yield return Case("id without UTF-8 form", $$"""{"task_id": "\ud800", "task_name": "b", {{Rest}}}""", "'task_id' has a lone surrogate");
        yield return Case("name without UTF-8 form", $$"""{"task_id": "a", "task_name": "\udc00\ud800", {{Rest}}}""", "'task_name' has a lone surrogate");
        yield return Case("id of 1,025 bytes", $$"""{"task_id": "{{new string('x', 1_025)}}", "task_name": "b", {{Rest}}}""", "task_id is longer than 1024 bytes");
        yield return Case("id of 342 characters", $$"""{"task_id": "{{new string('漢', 342)}}", "task_name": "b", {{Rest}}}""", "task_id is longer than 1024 bytes");
        yield return Case("glued words", With("args", "[NaN1]"), "not valid JSON");
        yield return Case("negative NaN", With("args", "[-NaN]"), "not valid JSON");
        yield return Case("other words", With("args", "[nan]"), "not valid JSON");
        yield return Case("a word as a name", With("kwargs", "{NaN: 1}"), "not valid JSON");
        yield return Case("a control character", With("args", "[\"\u0001\"]"), "not valid JSON");
        yield return Case("a trailing comma", With("args", "[1,]"), "not valid JSON");
        yield return Case("deep nesting", With("args", new string('[', 100_000)), "nested deeper than 256 levels");
    }

    [TestCaseSource(nameof(Malformed))]
    public void A_malformed_message_has_a_problem(string json, string expected)
    {
        var parsed = JobEnvelope.TryParse(Encoding.UTF8.GetBytes(json), out _, out var problem);

        Assert.That(parsed, Is.False);
        Assert.That(problem, Does.Contain(expected));
    }

    [Test]
    public void A_byte_order_mark_is_refused()
    {
        byte[] utf8 = [0xEF, 0xBB, 0xBF, .. WireFixtures.Bytes("message-simple.json")];

        var parsed = JobEnvelope.TryParse(utf8, out _, out var problem);

        Assert.That(parsed, Is.False);
        Assert.That(problem, Does.Contain("byte order mark"));
    }

    [TestCase(0xFF)]
    [TestCase(0xC3)]
    public void Invalid_UTF_8_is_refused(byte invalid)
    {
        var utf8 = WireFixtures.Bytes("message-simple.json");
        utf8[15] = invalid;

        var parsed = JobEnvelope.TryParse(utf8, out _, out var problem);

        Assert.That(parsed, Is.False);
        Assert.That(problem, Does.Contain("not valid UTF-8"));
    }

    [Test]
    public void A_problem_does_not_repeat_the_payload()
    {
        var json = With("args", "[\"secret\", trueSecret]");

        var parsed = JobEnvelope.TryParse(Encoding.UTF8.GetBytes(json), out _, out var problem);

        Assert.That(parsed, Is.False);
        Assert.That(problem, Does.Not.Contain("ecret").And.Not.Empty);
    }

    [Test]
    public void Every_truncation_of_a_message_has_a_problem()
    {
        var utf8 = WireFixtures.Bytes("message-labels-every-type.json");

        var accepted = Enumerable.Range(0, utf8.Length).Where(length => JobEnvelope.TryParse(utf8.AsMemory(0, length), out _, out _));

        Assert.That(accepted, Is.Empty);
    }

    [TestCase('x', 1_024)]
    [TestCase('漢', 341)]
    public void An_id_up_to_the_limit_is_accepted_and_found(char unit, int length)
    {
        var id = new string(unit, length);
        var json = Encoding.UTF8.GetBytes($$"""{"task_id": "{{id}}", "task_name": "b", {{Rest}}}""");

        Assert.That(JobEnvelope.TryParse(json, out var envelope, out var problem), Is.True, problem);
        Assert.That((envelope.TaskId, TaskIdReader.Find(json)), Is.EqualTo((id, id)));
    }

    [Test]
    public void An_id_beyond_the_limit_gets_a_dead_letter_without_a_result()
    {
        var json = Encoding.UTF8.GetBytes($$"""{"task_id": "{{new string('x', 1_000_000)}}", "task_name": "b", {{Rest}}}""");

        var letter = Rejections.Malformed(json, TaskIdLimit.Problem);

        Assert.That((letter.TaskId, letter.Result), Is.EqualTo(((string?)null, (byte[]?)null)));
    }

    [Test]
    public void Nesting_up_to_the_limit_is_accepted()
    {
        var deep = new string('[', RawJson.MaxDepth - 1) + new string(']', RawJson.MaxDepth - 1);

        Assert.That(JobEnvelope.TryParse(Encoding.UTF8.GetBytes(With("args", deep)), out _, out var problem), Is.True, problem);
    }

    private static TestCaseData Case(string name, string json, string expected) =>
        new TestCaseData(json, expected).SetArgDisplayNames(name);

    // The field once more at the end: the last one counts.
    private static string With(string field, string value) =>
        $$"""{"task_id": "a", "task_name": "b", {{Rest}}, "{{field}}": {{value}}}""";
}
