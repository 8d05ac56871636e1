using System.Text;
using System.Text.Json.Nodes;
using Dashtam.Jobs.Core.PythonSchedules;
using Dashtam.Jobs.Tests.Unit.Core.Wire;
using NUnit.Framework;

namespace Dashtam.Jobs.Tests.Unit.Core.PythonSchedules;

[Category("Unit")]
internal sealed class ScheduleEntryReaderTests
{
    private static readonly DateTimeOffset NewYear = new(2031, 1, 2, 3, 4, 5, TimeSpan.Zero);

    private static IEnumerable<TestCaseData> Timings =>
    [
        new(
            "schedule-entry-cron-1.json", "schedule-entry-cron-1.pickle", "cron-1",
            new ScheduleTiming.Cron("*/15 * * * *", null, TimeSpan.Zero)),
        new(
            "schedule-entry-cron-delta.json", "schedule-entry-cron-delta.pickle", "cron-delta",
            new ScheduleTiming.Cron("0 * * * *", null, TimeSpan.FromHours(1))),
        new(
            "schedule-entry-cron-tz.json", "schedule-entry-cron-tz.pickle", "cron-tz",
            new ScheduleTiming.Cron("30 2 * * 1-5", "Europe/Warsaw", TimeSpan.Zero)),
        new(
            "schedule-entry-every-2m.json", "schedule-entry-every-2m.pickle", "every-2m",
            new ScheduleTiming.Every(TimeSpan.FromMinutes(2))),
        new(
            "schedule-entry-every-90s.json", "schedule-entry-every-90s.pickle", "every-90s",
            new ScheduleTiming.Every(TimeSpan.FromSeconds(90))),
        new(
            "schedule-entry-time-1.json", "schedule-entry-time-1.pickle", "time-1",
            new ScheduleTiming.At(NewYear.AddHours(-2).AddMicroseconds(678_900))),
    ];

    [TestCaseSource(nameof(Timings))]
    public void A_captured_entry_is_read_from_JSON_and_from_a_pickle_alike(
        string jsonFile, string pickleFile, string id, ScheduleTiming timing)
    {
        var json = Read(WireFixtures.Bytes(jsonFile));
        var pickle = Read(WireFixtures.Bytes(pickleFile));

        Assert.That(json.ScheduleId, Is.EqualTo(id));
        Assert.That(json.TaskName, Is.EqualTo("dashtam_jobs.tasks.tokens:check_expiring_tokens"));
        Assert.That(json.TaskId, Is.EqualTo(id == "time-1" ? "given-id" : null));
        Assert.That(json.Timing, Is.EqualTo(timing));
        Assert.That(json.QueueName, Is.Null);
        Assert.That(pickle with { Labels = json.Labels, Arguments = json.Arguments }, Is.EqualTo(json));
        Assert.That(pickle.ToMessage("id").ToText(), Is.EqualTo(json.ToMessage("id").ToText()));
    }

    [TestCase("schedule-source-legacy-json.keyspace.json")]
    [TestCase("schedule-source-legacy-pickle.keyspace.json")]
    [TestCase("schedule-source-list-json.keyspace.json")]
    [TestCase("schedule-source-list-pickle.keyspace.json")]
    public void Each_entry_of_a_captured_source_is_read(string fixture)
    {
        var values = JsonNode.Parse(WireFixtures.Bytes(fixture))!.AsObject()
            .Where(key => key.Value!["type"]!.GetValue<string>() == "string")
            .Select(key => (Key: key.Key.Split(':')[^1], Entry: Read(Bytes(key.Value!["value"]!)))).ToList();

        Assert.That(values, Has.Count.EqualTo(7));
        Assert.That(values.Select(value => value.Entry.ScheduleId), Is.EqualTo(values.Select(value => value.Key)));
        Assert.That(values.Single(value => value.Key == "time-naive").Entry.Timing, Is.EqualTo(new ScheduleTiming.At(NewYear)), "UTC");
    }

    [TestCase("\"time\": \"2031-01-02T03:04:05\"")]
    [TestCase("\"time\": \"2031-01-02T03:04:05Z\"")]
    [TestCase("\"time\": \"2031-01-02T03:04:05.0000009+00:00\"")]
    [TestCase("\"time\": \"2031-01-02 04:04:05+01:00\"")]
    [TestCase("\"time\": \"2031-01-02t04:04:05,0+0100\"")]
    [TestCase("\"time\": \"2031-01-01T03:05:05-23:59\"")]
    [TestCase("\"time\": \"2031-01-02T03:04:05z\", \"cron\": null, \"interval\": null, \"another\": [1]")]
    public void Times_are_read_as_pydantic_reads_them(string timing) =>
        Assert.That(Read(Entry(timing)).Timing, Is.EqualTo(new ScheduleTiming.At(NewYear)));

    [TestCase("1", 1)]
    [TestCase("90.0", 90)]
    [TestCase("\"90\"", 90)]
    [TestCase("\"PT1S\"", 1)]
    [TestCase("\"PT1M30S\"", 90)]
    [TestCase("\"+PT1M30.0S\"", 90)]
    [TestCase("\"P1DT2H\"", 93_600)]
    [TestCase("\"P1W\"", 604_800)]
    [TestCase("\"P30D\"", 2_592_000)]
    [TestCase("\"P1M\"", 2_592_000)]
    [TestCase("\"P1Y\"", 31_536_000, Description = "as pydantic writes 365 days")]
    [TestCase("\"P1.5D\"", 129_600)]
    public void Intervals_are_whole_seconds_or_a_duration(string interval, long seconds) =>
        Assert.That(Read(Entry($"\"interval\": {interval}")).Timing, Is.EqualTo(new ScheduleTiming.Every(TimeSpan.FromSeconds(seconds))));

    [TestCase("null", null, 0)]
    [TestCase("\"\"", null, 0)]
    [TestCase("\"Europe/Warsaw\"", "Europe/Warsaw", 0)]
    [TestCase("\"PST8PDT\"", "PST8PDT", 0, Description = "begins as a duration does")]
    [TestCase("\"Poland\"", "Poland", 0)]
    [TestCase("\"PT1H\"", null, 3_600)]
    [TestCase("\"-PT5H30M\"", null, -19_800)]
    [TestCase("\"PT0S\"", null, 0)]
    [TestCase("3600", null, 3_600)]
    [TestCase("-1800.0", null, -1_800)]
    public void An_offset_is_a_zone_or_a_duration(string offset, string? zone, int seconds) =>
        Assert.That(
            Read(Entry($"\"cron\": \"* * * * *\", \"cron_offset\": {offset}")).Timing,
            Is.EqualTo(new ScheduleTiming.Cron("* * * * *", zone, TimeSpan.FromSeconds(seconds))));

    [Test]
    public void The_label_queue_name_is_the_queue_that_the_entry_asks_for() =>
        Assert.That(Read(Entry("\"interval\": 1", labels: "{\"queue_name\": \"other:queue\"}")).QueueName, Is.EqualTo("other:queue"));

    private static ScheduleEntry Read(byte[] bytes) =>
        ScheduleEntryReader.TryRead(bytes, out var entry, out var problem) ? entry : throw new InvalidOperationException(problem);

    internal static byte[] Entry(string timing, string labels = "{}") => Encoding.UTF8.GetBytes($$"""
        {"task_name": "job", "labels": {{labels}}, "args": [], "kwargs": {}, "task_id": null, "schedule_id": "id", {{timing}}}
        """);

    private static byte[] Bytes(JsonNode value) => value["utf8"] is { } text
        ? Encoding.UTF8.GetBytes(text.GetValue<string>())
        : Convert.FromBase64String(value["base64"]!.GetValue<string>());
}
