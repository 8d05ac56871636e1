using Dashtam.Jobs.Core.PythonSchedules;
using Dashtam.Jobs.Core.Queue;
using Dashtam.Jobs.Tests.Support;
using NUnit.Framework;

namespace Dashtam.Jobs.Tests.Integration.Scheduler.PythonSchedules;

/// <summary>All keys that TaskIQ's sources wrote for seven schedules, as they were captured, on a Redis of the test's own.</summary>
[Category("Integration")]
[CancelAfter(30_000)]
internal sealed class CapturedSourcesTests
{
    private static readonly CancellationToken None = CancellationToken.None;

    [TestCase("schedule-source-list-json.keyspace.json", "data:")]
    [TestCase("schedule-source-list-pickle.keyspace.json", "data:")]
    [TestCase("schedule-source-legacy-json.keyspace.json", "")]
    [TestCase("schedule-source-legacy-pickle.keyspace.json", "")]
    public async Task Every_entry_of_a_source_is_noted_and_its_intervals_fire(string fixture, string beginning)
    {
        await using var redis = await TestServices.StartOwnRedisAsync();
        await using var queue = await TestQueue.CreateOnAsync(redis.ConnectionString, new QueueOptions());
        using var bench = new PythonScheduleBench(queue);
        await PythonEntries.LoadAsync(queue.Queue, fixture);

        await bench.Lists.LookAsync(None);
        await bench.Keyspace.TurnAsync(None);
        await bench.Due.FireAsync(None);

        string[] inLists = ["cron-1", "cron-delta", "cron-tz", "every-2m", "every-90s"];
        string[] times = ["time-1", "time-naive"]; // in 2031: those of the list source lie in minutes that are not looked at before
        var noted = (await queue.Queue.HashKeysAsync(queue.Keys.PythonEntries)).Select(name => name.ToString());
        Assert.That(noted, Is.EquivalentTo(inLists.Concat(beginning.Length == 0 ? times : []).Select(id => beginning + id)));
        var jobs = await bench.ReadyAsync();
        Assert.That(jobs.Select(job => job.Labels.Text("schedule_id")), Is.EquivalentTo(["every-2m", "every-90s"]));
        Assert.That(jobs.Select(job => job.Labels.MaxRetries), Is.All.EqualTo(3));
        Assert.That(bench.Logged("python_schedule_unreadable", ""), Is.Zero);
    }

    [Test]
    public async Task A_legacy_entry_is_heard_of_at_once_where_the_server_tells_of_its_keys()
    {
        await using var redis = await TestServices.StartOwnRedisAsync();
        await using var queue = await TestQueue.CreateOnAsync(redis.ConnectionString, new QueueOptions());
        using var bench = new PythonScheduleBench(queue);
        await queue.Queue.ExecuteAsync("CONFIG", "SET", "notify-keyspace-events", "K$");
        await bench.Events.SubscribeAsync(None);

        await queue.Queue.StringSetAsync(bench.Source.Entry("heard"), PythonEntries.Json("heard", interval: 60));
        await queue.Queue.StringSetAsync(bench.Source.Entry(ScheduleSource.Listed("not")), "of the list source");

        var heard = new List<string>();
        Assert.That(() => { heard.AddRange(bench.Events.Take()); return heard; }, Is.EqualTo(["heard"]).After(5_000, 5));
    }
}
