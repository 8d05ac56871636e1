using System.Text;
using Dashtam.Jobs.Core.PythonSchedules;
using Dashtam.Jobs.Tests.Unit.Core.Wire;
using NUnit.Framework;

namespace Dashtam.Jobs.Tests.Unit.Core.PythonSchedules;

[Category("Unit")]
internal sealed class FiredMessageTests
{
    [TestCase("schedule-entry-cron-1.json")]
    [TestCase("schedule-entry-cron-1.pickle")]
    public void A_fired_message_is_byte_for_byte_what_TaskIQs_scheduler_pushes(string fixture)
    {
        var entry = Read(Encoding.Latin1.GetString(WireFixtures.Bytes(fixture)));
        var pushed = WireFixtures.Message("message-fired-by-taskiq-scheduler.json");

        var fired = (entry with { Labels = Relabelled(pushed.Labels.Text("schedule_id")!) }).ToMessage(pushed.TaskId).ToText();

        Assert.That(fired, Is.EqualTo(WireFixtures.Text("message-fired-by-taskiq-scheduler.json")));

        // The capture of the message has an entry of its own, which differs in its id alone.
        Dashtam.Jobs.Core.Wire.JobLabels Relabelled(string id) =>
            Read(WireFixtures.Text("schedule-entry-cron-1.json").Replace("\"cron-1\"", $"\"{id}\"", StringComparison.Ordinal)).Labels;
    }

    [Test]
    public void Native_labels_become_text_with_their_types()
    {
        var entry = Read("""
            {"task_name": "check_expiring_tokens", "labels": {"retry_on_error": true, "max_retries": 3}, "args": [], "kwargs": {},
             "schedule_id": "token_expiry_check", "cron": "*/15 * * * *"}
            """);

        Assert.That(
            entry.ToMessage("d7710e9b280147f2851b8cdc473a2144").ToText(),
            Is.EqualTo(WireFixtures.Text("message-fired-by-label-schedule.json")));
    }

    [Test]
    public void The_entrys_task_id_goes_before_a_new_one()
    {
        Assert.That(Read(WireFixtures.Text("schedule-entry-time-1.json")).ToMessage("new").TaskId, Is.EqualTo("given-id"));
        Assert.That(Read(WireFixtures.Text("schedule-entry-cron-1.json")).ToMessage("new").TaskId, Is.EqualTo("new"));
    }

    [TestCase("1.5", "1.5", 4)]
    [TestCase("1e300", "1e+300", 4)]
    [TestCase("1E400", "inf", 4)]
    [TestCase("NaN", "nan", 4)]
    [TestCase("-Infinity", "-inf", 4)]
    [TestCase("-7", "-7", 2)]
    [TestCase("123456789012345678901234567890", "123456789012345678901234567890", 2)]
    [TestCase("false", "False", 5)]
    [TestCase("null", "None", 1)]
    [TestCase("\"a \\u00e4 'b'\"", "a \u00e4 'b'", 3)]
    [TestCase("[]", "[]", 1)]
    [TestCase("[1, \"a\", 2.50, true, null, {\"k\": [\"v\"], \"l\": {}}]", "[1, 'a', 2.5, True, None, {'k': ['v'], 'l': {}}]", 1)]
    [TestCase("[\"it's\", \"\\\"it's\\\"\", \"\\n\\\\\\u0007\"]", "[\"it's\", '\"it\\'s\"', '\\n\\\\\\x07']", 1)]
    public void A_label_is_said_as_Python_says_it(string label, string text, int type)
    {
        var message = Read($$"""
            {"task_name": "job", "labels": {"l": {{label}}}, "args": [], "kwargs": {}, "schedule_id": "id", "interval": 1}
            """).ToMessage("id");

        Assert.That(message.Labels.Text("l"), Is.EqualTo(text));
        Assert.That(message.ToText(), Does.Contain($"\"labels_types\": {{\"l\": {type}, \"schedule_id\": 3}}"));
    }

    [Test]
    public void A_label_called_schedule_id_is_replaced_by_the_entrys()
    {
        var message = Read("""
            {"task_name": "job", "labels": {"schedule_id": 5, "x": "y"}, "args": [], "kwargs": {}, "schedule_id": "id", "interval": 1}
            """).ToMessage("id");

        Assert.That(message.ToText(), Does.Contain("""
            "labels": {"schedule_id": "id", "x": "y"}, "labels_types": {"schedule_id": 3, "x": 3}
            """.Trim()));
    }

    [Test]
    public void Arguments_are_sent_in_Pythons_form_and_lose_nothing()
    {
        var message = Read("""
            {"task_name":"job","labels":{},"args":[1.0,18446744073709551616,"ä",NaN],"kwargs":{"a":[{"b":"\ud800"}]},"schedule_id":"id","interval":1}
            """).ToMessage("id");

        Assert.That(message.ToText(), Does.EndWith("""
            "args": [1.0, 18446744073709551616, "\u00e4", null], "kwargs": {"a": [{"b": "\ud800"}]}}
            """.Trim()));
    }

    private static ScheduleEntry Read(string text) =>
        ScheduleEntryReader.TryRead(text[0] == '\u0080' ? Encoding.Latin1.GetBytes(text) : Encoding.UTF8.GetBytes(text), out var entry, out var problem)
            ? entry
            : throw new InvalidOperationException(problem);
}
