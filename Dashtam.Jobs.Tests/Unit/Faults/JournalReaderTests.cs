using System.Text;
using Dashtam.Jobs.Core.Queue;
using Dashtam.Jobs.Faults.History;
using Microsoft.Extensions.Options;
using NUnit.Framework;

namespace Dashtam.Jobs.Tests.Unit.Faults;

/// <summary>Redis 7's append-only file, byte for byte as it writes it.</summary>
[Category("Unit")]
internal sealed class JournalReaderTests
{
    private readonly QueueKeys _keys = new(Options.Create(new QueueOptions()));

    [Test]
    public void A_fire_is_its_instant_and_the_job_that_follows_in_the_same_transaction()
    {
        var lines = Read(
            "#TS:1795501753\r\n", Command("MULTI"), Command("HSET", $"{_keys.Fired}", "s", "1795501750"),
            Command("HINCRBY", $"{_keys.Stats}", "x", "1"), Command("LPUSH", $"{_keys.Ready}", Envelope("f1")), Command("EXEC"));

        Assert.That(lines, Is.EqualTo(new[]
        {
            new HistoryEvent(1_795_501_753_000, HistoryKind.JournalFired) { Schedule = "s", Instant = 1_795_501_750, TaskId = "f1" },
        }));
    }

    [Test]
    public void Fires_that_were_caught_up_together_have_the_instants_that_their_lags_tell()
    {
        var lines = Read(
            Command("MULTI"), Command("HSET", $"{_keys.Fired}", "s", "1795501750"),
            Command("LPUSH", $"{_keys.Ready}", Envelope("f1")), Command("HSET", $"{_keys.ScheduleStats}", "s:lag_ms", "4250"),
            Command("LPUSH", $"{_keys.Ready}", Envelope("f2")), Command("HSET", $"{_keys.ScheduleStats}", "s:lag_ms", "1250"),
            Command("LPUSH", $"{_keys.Ready}", Envelope("f3")), Command("HSET", $"{_keys.ScheduleStats}", "s:lag_ms", "-750"),
            Command("HINCRBY", $"{_keys.ScheduleStats}", "s:fired", "3"), Command("EXEC"));

        Assert.That(
            lines.Select(line => (line.Schedule, line.Instant, line.TaskId)),
            Is.EqualTo(new[] { ("s", 1_795_501_745L, "f1"), ("s", 1_795_501_748L, "f2"), ("s", 1_795_501_750L, "f3") }));
    }

    [Test]
    public void A_registration_is_an_instant_without_a_job() => Assert.That(
        Read(Command("MULTI"), Command("HSET", $"{_keys.Fired}", "s", "5"), Command("EXEC"), Command("LPUSH", $"{_keys.Ready}", "{}")),
        Is.EqualTo(new[] { new HistoryEvent(0, HistoryKind.JournalFired) { Schedule = "s", Instant = 5 } }));

    [Test]
    public void Results_and_effects_are_read_in_their_order()
    {
        var lines = Read(
            Command("SET", $"{_keys.Result("a")}", "{}", "PXAT", "1"), Command("HSET", $"{_keys.CanaryEffect("e")}", "token", "7"));

        Assert.That(lines, Is.EqualTo(new[]
        {
            new HistoryEvent(0, HistoryKind.JournalResult) { TaskId = "a" },
            new HistoryEvent(0, HistoryKind.JournalEffect) { Effect = "e", Fence = 7 },
        }));
    }

    [Test]
    public void A_last_command_that_a_crash_cut_short_is_left_out() => Assert.That(
        Read(Command("SET", $"{_keys.Result("a")}", "{}"), "*3\r\n$3\r\nSET\r\n$100\r\nshort"), Has.Count.EqualTo(1));

    private IReadOnlyList<HistoryEvent> Read(params string[] parts) =>
        new JournalReader(_keys).Read(new MemoryStream(Encoding.UTF8.GetBytes(string.Concat(parts))));

    private static string Envelope(string taskId) =>
        $$$"""{"task_id": "{{{taskId}}}", "task_name": "j", "labels": {}, "args": [], "kwargs": {}}""";

    private static string Command(params string[] words) =>
        $"*{words.Length}\r\n" + string.Concat(words.Select(word => $"${Encoding.UTF8.GetByteCount(word)}\r\n{word}\r\n"));
}
