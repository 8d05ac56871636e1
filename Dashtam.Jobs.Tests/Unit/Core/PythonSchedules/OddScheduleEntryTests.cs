using System.Text;
using Dashtam.Jobs.Core.PythonSchedules;
using Dashtam.Jobs.Tests.Unit.Core.Wire.Pickles;
using NUnit.Framework;

namespace Dashtam.Jobs.Tests.Unit.Core.PythonSchedules;

[Category("Unit")]
internal sealed class OddScheduleEntryTests
{
    private const string Start = "{\"task_name\": \"job\", \"labels\": {}, \"args\": [], \"kwargs\": {}, \"task_id\": null, \"schedule_id\": \"id\"";
    private const string NoInterval = "field 'interval' must be whole seconds, at least one, as a number or as a duration in ISO 8601";
    private const string NoOffset = "field 'cron_offset' must be a zone's name, or a duration of a year at most";

    [TestCase("", "empty")]
    [TestCase("secret", "not valid JSON at line 1, byte 1")]
    [TestCase("[\"secret\"]", "must be an object, not an array")]
    [TestCase("null", "must be an object, not null")]
    [TestCase("{}", "required field 'schedule_id' is missing")]
    [TestCase(Start, "not valid JSON at line 1, byte 98")]
    [TestCase($"{Start}}}", "none of 'cron', 'time' and 'interval' is given")]
    [TestCase($"{Start}, \"cron\": null, \"time\": null}}", "none of 'cron', 'time' and 'interval' is given")]
    [TestCase($"{Start}, \"cron\": \"secret\", \"interval\": 5}}", "'cron' and 'interval' are given, and it must be one of them")]
    [TestCase($"{Start}, \"cron\": 5}}", "field 'cron' must be text, not a number")]
    [TestCase($"{Start}, \"time\": 5}}", "field 'time' must be text, not a number")]
    [TestCase($"{Start}, \"time\": \"tomorrow\"}}", "field 'time' is no time in ISO 8601")]
    [TestCase($"{Start}, \"time\": \"2031-01-02\"}}", "field 'time' is no time in ISO 8601")]
    [TestCase($"{Start}, \"time\": \"2031-01-02T24:00:00\"}}", "field 'time' is no time in ISO 8601")]
    [TestCase($"{Start}, \"time\": \"2031-02-29T00:00:00\"}}", "field 'time' is no time in ISO 8601")]
    [TestCase($"{Start}, \"time\": \"2031-01-02T03:04:05.\"}}", "field 'time' is no time in ISO 8601")]
    [TestCase($"{Start}, \"time\": \"2031-01-02T03:04:05+24:00\"}}", "field 'time' is no time in ISO 8601")]
    [TestCase($"{Start}, \"time\": \"2031-01-02T03:04:05+02\"}}", "field 'time' is no time in ISO 8601")]
    [TestCase($"{Start}, \"time\": \"0001-01-01T00:00:00+02:00\"}}", "field 'time' is no time in ISO 8601")]
    [TestCase($"{Start}, \"interval\": 0}}", NoInterval)]
    [TestCase($"{Start}, \"interval\": -5}}", NoInterval)]
    [TestCase($"{Start}, \"interval\": 1.5}}", NoInterval)]
    [TestCase($"{Start}, \"interval\": true}}", NoInterval)]
    [TestCase($"{Start}, \"interval\": \"NaN\"}}", NoInterval)]
    [TestCase($"{Start}, \"interval\": \"PT0.5S\"}}", NoInterval)]
    [TestCase($"{Start}, \"interval\": \"PT1.5S\"}}", NoInterval)]
    [TestCase($"{Start}, \"interval\": \"-PT1H\"}}", NoInterval)]
    [TestCase($"{Start}, \"interval\": \"PT\"}}", NoInterval)]
    [TestCase($"{Start}, \"interval\": \"pt2m\"}}", NoInterval)]
    [TestCase($"{Start}, \"interval\": \"PT2S1M\"}}", NoInterval)]
    [TestCase($"{Start}, \"interval\": \"2m\"}}", NoInterval)]
    [TestCase($"{Start}, \"interval\": \"PT99999999999999999999H\"}}", NoInterval)]
    [TestCase($"{Start}, \"interval\": NaN}}", NoInterval)]
    [TestCase($"{Start}, \"interval\": []}}", NoInterval)]
    [TestCase($"{Start}, \"cron\": \"* * * * *\", \"cron_offset\": true}}", NoOffset)]
    [TestCase($"{Start}, \"cron\": \"* * * * *\", \"cron_offset\": \"PT5\"}}", NoOffset)]
    [TestCase($"{Start}, \"cron\": \"* * * * *\", \"cron_offset\": \"P2Y\"}}", NoOffset)]
    [TestCase("{\"schedule_id\": \"\"}", "field 'schedule_id' is empty")]
    [TestCase("{\"schedule_id\": 5}", "field 'schedule_id' must be text, not a number")]
    [TestCase("{\"schedule_id\": \"\\ud800\"}", "field 'schedule_id' has a lone surrogate, which has no UTF-8 form")]
    [TestCase("{\"schedule_id\": \"id\", \"task_name\": \"\"}", "field 'task_name' is empty")]
    [TestCase("{\"schedule_id\": \"id\", \"task_name\": \"job\", \"task_id\": 5}", "field 'task_id' must be text, not a number")]
    [TestCase("{\"schedule_id\": \"id\", \"task_name\": \"job\", \"interval\": 5}", "required field 'labels' is missing")]
    [TestCase("{\"schedule_id\": \"id\", \"task_name\": \"job\", \"interval\": 5, \"labels\": []}", "field 'labels' must be an object, not an array")]
    [TestCase("{\"schedule_id\": \"id\", \"task_name\": \"job\", \"interval\": 5, \"labels\": {}, \"args\": {}}", "field 'args' must be an array, not an object")]
    [TestCase("{\"schedule_id\": \"id\", \"task_name\": \"job\", \"interval\": 5, \"labels\": {}, \"args\": [], \"kwargs\": null}", "field 'kwargs' must be an object, not null")]
    public void What_TaskIQ_would_not_take_is_odd_with_a_reason_and_without_content(string json, string problem) =>
        AssertOdd(Encoding.UTF8.GetBytes(json), problem);

    [Test]
    public void Names_and_entries_that_are_too_long_are_odd()
    {
        var name = new string('n', 1_025);
        AssertOdd(Encoding.UTF8.GetBytes($"{{\"schedule_id\": \"{name}\"}}"), "field 'schedule_id' is longer than 1,024 bytes of UTF-8");
        AssertOdd(Encoding.UTF8.GetBytes($"{{\"schedule_id\": \"id\", \"task_name\": \"{name}\"}}"), "field 'task_name' is longer than 1,024 bytes of UTF-8");
        AssertOdd(
            Encoding.UTF8.GetBytes($"{{\"schedule_id\": \"id\", \"task_name\": \"job\", \"cron\": \"{name}\"}}"),
            "field 'cron' is longer than 1,000 characters");
        AssertOdd(new byte[ScheduleEntryReader.MaxBytes + 1], "it has more than 1,048,576 bytes");
    }

    [Test]
    public void A_pickle_that_would_run_code_is_odd()
    {
        // What a pydantic 1 client writes for a date.
        var pickle = PickleText.Of("}\u0094\u008c\u0004time\u0094\u008c\u0008datetime\u0094\u008c\u0008datetime\u0094\u0093\u0094.");

        AssertOdd(pickle, "a pickle that is not read: opcode STACK_GLOBAL (0x93) at byte 33 is not read");
        AssertOdd(PickleText.Of("]."), "must be an object, not an array");
        AssertOdd([0x80], "a pickle that is not read: opcode 0x80 at byte 0 goes beyond the end");
    }

    [Test]
    public void Mutated_entries_never_throw()
    {
        var mutator = new PickleMutator(seed: 7);
        var read = 0;
        for (var i = 0; i < 20_000; i++)
        {
            if (ScheduleEntryReader.TryRead(mutator.Next(), out var entry, out var problem))
            {
                read++;
                Assert.That(entry.ToMessage("id").ToUtf8(), Is.Not.Empty);
            }
            else
            {
                Assert.That(problem, Is.Not.Empty);
            }
        }

        Assert.That(read, Is.GreaterThan(200));
    }

    private static void AssertOdd(byte[] bytes, string problem)
    {
        Assert.That(ScheduleEntryReader.TryRead(bytes, out _, out var found), Is.False);
        Assert.That(found, Is.EqualTo(problem));
    }
}
