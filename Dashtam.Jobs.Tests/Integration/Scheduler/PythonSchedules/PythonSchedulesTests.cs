using System.Text;
using Dashtam.Jobs.Core.PythonSchedules;
using Dashtam.Jobs.Tests.Support;
using NUnit.Framework;
using StackExchange.Redis;

namespace Dashtam.Jobs.Tests.Integration.Scheduler.PythonSchedules;

/// <summary>Entries of Python producers, from the key that they wrote to the job that is ready, on both servers.</summary>
[Category("Integration")]
[OnEachServer]
[CancelAfter(30_000)]
internal sealed class PythonSchedulesTests
{
    private static readonly CancellationToken None = CancellationToken.None;
    private static readonly TimeSpan Day = TimeSpan.FromDays(1);

    private TestQueue _queue = null!;
    private PythonScheduleBench _bench = null!;
    private PythonScheduleBench _other = null!;
    private DateTimeOffset _now;

    [SetUp]
    public async Task SetUp()
    {
        _queue = await PythonScheduleBench.QueueAsync();
        _bench = new PythonScheduleBench(_queue);
        _other = new PythonScheduleBench(_queue);
        _now = await _bench.Store.GetTimeAsync(None);
    }

    [TearDown]
    public async Task TearDown()
    {
        _bench.Dispose();
        _other.Dispose();
        await _queue.DisposeAsync();
    }

    [Test]
    public async Task A_time_entry_of_the_list_source_fires_once_and_is_removed()
    {
        await _bench.ScheduleAsync("one", PythonEntries.Json("one", time: _now), _bench.Source.Minute(_now));

        await FindAndFireAsync();

        var job = (await _bench.ReadyAsync()).Single();
        Assert.That(job.TaskName, Is.EqualTo(PythonEntries.Task));
        Assert.That(job.Labels.Text("schedule_id"), Is.EqualTo("one"));
        Assert.That(Encoding.UTF8.GetString(job.ToUtf8()), Does.Contain("labels_types"));
        Assert.That(await OwnKeysAsync(), Is.Empty);
    }

    [Test]
    public async Task A_time_entry_whose_minute_is_long_past_fires_late()
    {
        var past = _now - Day;
        await _bench.ScheduleAsync("late", PythonEntries.Json("late", time: past), _bench.Source.Minute(past));

        await FindAndFireAsync();
        Assert.That(await _queue.ReadyAsync(), Is.Zero, "its list is none of the last ten");
        await _bench.Keyspace.TurnAsync(None);
        await _bench.Due.FireAsync(None);

        Assert.That(await _queue.ReadyAsync(), Is.EqualTo(1));
        Assert.That(await OwnKeysAsync(), Is.Empty);
    }

    [Test]
    public async Task A_time_entry_in_the_future_waits()
    {
        var soon = _now.AddMinutes(1);
        await _bench.ScheduleAsync("soon", PythonEntries.Json("soon", time: soon), _bench.Source.Minute(soon));

        await FindAndFireAsync();

        Assert.That(await _queue.ReadyAsync(), Is.Zero);
        Assert.That(await _bench.Store.DueAsync(soon, 10, None), Is.EqualTo(["data:soon"]));
    }

    [Test]
    public async Task An_entry_of_the_legacy_source_is_found_by_the_scan_and_fires()
    {
        await _queue.Queue.StringSetAsync(_bench.Source.Entry("old"), PythonEntries.Json("old", time: _now - Day));
        await _queue.Queue.HashSetAsync(_bench.Source.Entry("no text"), "a", "1");

        await _bench.Keyspace.TurnAsync(None);
        await _bench.Due.FireAsync(None);

        Assert.That((await _bench.ReadyAsync()).Single().Labels.Text("schedule_id"), Is.EqualTo("old"));
        Assert.That(await _queue.Queue.KeyExistsAsync(_bench.Source.Entry("old")), Is.False);
        Assert.That(await _queue.Queue.KeyExistsAsync(_bench.Source.Entry("no text")), Is.True);
    }

    [Test]
    public async Task An_id_that_is_twice_in_a_list_fires_once()
    {
        var minute = _bench.Source.Minute(_now);
        await _bench.ScheduleAsync("twice", PythonEntries.Json("twice", time: _now), minute);
        await _queue.Queue.ListRightPushAsync(minute, "twice");

        await FindAndFireAsync();
        await FindAndFireAsync();

        Assert.That(await _queue.ReadyAsync(), Is.EqualTo(1));
        Assert.That(await _queue.Queue.KeyExistsAsync(minute), Is.False);
    }

    [Test]
    public async Task A_long_list_of_ids_is_not_walked_at_each_fire_and_is_cleared_when_its_minute_is_long_past()
    {
        var past = _now - Day;
        var minute = _bench.Source.Minute(past);
        await _bench.ScheduleAsync("odd", "{"u8.ToArray(), minute);
        for (var i = 0; i < 700; i++)
        {
            _ = _bench.ScheduleAsync($"t{i}", PythonEntries.Json($"t{i}", time: past), minute);
        }

        await _queue.Queue.ListRightPushAsync(minute, ["t699", "t699"]);
        await _bench.Keyspace.TurnAsync(None);
        await _bench.Due.FireAsync(None);

        Assert.That(await _queue.ReadyAsync(), Is.EqualTo(700));
        Assert.That(await _queue.Queue.ListLengthAsync(minute), Is.EqualTo(703), "a removal walks the list");
        await _bench.Keyspace.TurnAsync(None);
        Assert.That((await _queue.Queue.ListRangeAsync(minute)).ToStringArray(), Is.EqualTo(["odd"]));
        await _bench.Due.FireAsync(None);
        Assert.That(await _queue.ReadyAsync(), Is.EqualTo(700));
    }

    [Test]
    public async Task An_id_whose_entry_is_there_again_stays_listed()
    {
        var minute = _bench.Source.Minute(_now);
        await _queue.Queue.ListRightPushAsync(minute, ["gone", "again", "gone"]);
        await _bench.ScheduleAsync("again", PythonEntries.Json("again", time: _now), minute);
        var lists = new ScheduleLists(_queue, _bench.Source);

        Assert.That(await lists.DropAsync(minute, ["gone", "again"], None), Is.EqualTo(1));

        Assert.That((await _queue.Queue.ListRangeAsync(minute)).ToStringArray(), Is.EqualTo(["again", "gone", "again"]));
    }

    [Test]
    public async Task The_same_id_in_both_sources_fires_once()
    {
        var entry = PythonEntries.Json("moved", time: _now);
        await _queue.Queue.StringSetAsync(_bench.Source.Entry("moved"), entry);
        await _bench.ScheduleAsync("moved", entry, _bench.Source.Minute(_now));

        await _bench.Keyspace.TurnAsync(None);
        await FindAndFireAsync();
        await _bench.Keyspace.TurnAsync(None);
        await _bench.Due.FireAsync(None);

        Assert.That(await _queue.ReadyAsync(), Is.EqualTo(1));
    }

    [Test]
    public async Task An_interval_fires_when_it_is_first_seen_and_after_each_period_from_there_also_after_a_restart()
    {
        await _bench.ScheduleAsync("hourly", PythonEntries.Json("hourly", interval: 3600), _bench.Source.Intervals);
        await FindAndFireAsync();
        var first = await StateAsync("data:hourly");
        Assert.That(await _queue.ReadyAsync(), Is.EqualTo(1));

        await _bench.AgeAsync("data:hourly", TimeSpan.FromHours(3.5)); // down for so long
        await _other.Lists.LookAsync(None);
        await _other.Due.FireAsync(None);

        Assert.That(await _queue.ReadyAsync(), Is.EqualTo(2), "the latest of the missed ones");
        var second = await StateAsync("data:hourly");
        Assert.That(first.FirstSeen - second.FirstSeen, Is.EqualTo(TimeSpan.FromHours(3.5)));
        Assert.That(second.LastFired - second.FirstSeen, Is.EqualTo(TimeSpan.FromHours(3)));
        var next = await _queue.Queue.SortedSetScoreAsync(_queue.Keys.PythonDue, "data:hourly");
        Assert.That(DateTimeOffset.FromUnixTimeMilliseconds((long)next!), Is.EqualTo(second.FirstSeen.AddHours(4)));
    }

    [Test]
    public async Task A_cron_fires_from_when_it_was_first_seen_and_of_missed_instants_the_latest()
    {
        await _bench.ScheduleAsync("cron", PythonEntries.Json("cron", cron: "0 0 * * *"), _bench.Source.Crons);
        await FindAndFireAsync();
        Assert.That(await _queue.ReadyAsync(), Is.Zero, "what passed before it was seen does not fire");

        await _bench.AgeAsync("data:cron", TimeSpan.FromDays(3));
        await _bench.Due.FireAsync(None);
        await _bench.Due.FireAsync(None);

        Assert.That(await _queue.ReadyAsync(), Is.EqualTo(1));
        Assert.That((await StateAsync("data:cron")).LastFired, Is.EqualTo(new DateTimeOffset(_now.UtcDateTime.Date, TimeSpan.Zero)));
    }

    [Test]
    public async Task Several_schedulers_fire_each_instant_once()
    {
        for (var i = 0; i < 150; i++)
        {
            await _bench.ScheduleAsync($"i{i}", PythonEntries.Json($"i{i}", interval: 3600), _bench.Source.Intervals);
        }

        await Task.WhenAll(_bench.Lists.LookAsync(None), _other.Lists.LookAsync(None));
        await Task.WhenAll(_bench.Due.FireAsync(None), _other.Due.FireAsync(None), _bench.Due.FireAsync(None));
        await _bench.Due.FireAsync(None); // what each left to the other one

        var ids = (await _bench.ReadyAsync()).Select(job => job.Labels.Text("schedule_id")).ToList();
        Assert.That(ids, Has.Count.EqualTo(150));
        Assert.That(ids, Is.Unique);
    }

    [Test]
    public async Task What_is_unscheduled_does_not_fire_and_is_forgotten()
    {
        await _bench.ScheduleAsync("gone", PythonEntries.Json("gone", interval: 3600), _bench.Source.Intervals);
        await FindAndFireAsync();
        await _bench.UnscheduleAsync("gone", _bench.Source.Intervals);

        await _bench.AgeAsync("data:gone", Day);
        await _bench.Due.FireAsync(None);

        Assert.That(await _queue.ReadyAsync(), Is.EqualTo(1));
        Assert.That(await _queue.Queue.KeyExistsAsync([_queue.Keys.PythonEntries, _queue.Keys.PythonDue]), Is.Zero);
    }

    [Test]
    public async Task What_is_known_of_an_entry_that_is_gone_is_forgotten_before_it_is_due()
    {
        await _bench.ScheduleAsync("gone", PythonEntries.Json("gone", cron: "0 0 1 1 *"), _bench.Source.Crons);
        await _bench.Lists.LookAsync(None);
        await _bench.UnscheduleAsync("gone", _bench.Source.Crons);

        await _bench.Keyspace.TurnAsync(None);

        Assert.That(await _queue.Queue.KeyExistsAsync([_queue.Keys.PythonEntries, _queue.Keys.PythonDue]), Is.Zero);
    }

    [Test]
    public async Task What_is_overwritten_with_a_later_time_does_not_fire_as_it_was()
    {
        var later = _now.AddHours(1);
        await _bench.ScheduleAsync("moved", PythonEntries.Json("moved", time: _now), _bench.Source.Minute(_now));
        await _bench.Lists.LookAsync(None);
        await _bench.ScheduleAsync("moved", PythonEntries.Json("moved", time: later), _bench.Source.Minute(later));

        await _bench.Due.FireAsync(None);

        Assert.That(await _queue.ReadyAsync(), Is.Zero);
        Assert.That(await _bench.Store.DueAsync(later, 10, None), Is.EqualTo(["data:moved"]));
    }

    [Test]
    public async Task Another_cron_under_the_same_id_is_seen_first_now()
    {
        await _bench.ScheduleAsync("cron", PythonEntries.Json("cron", cron: "0 0 1 1 *"), _bench.Source.Crons);
        await _bench.Lists.LookAsync(None);
        await _bench.AgeAsync("data:cron", TimeSpan.FromDays(2));
        await _queue.Queue.SortedSetAddAsync(_queue.Keys.PythonDue, "data:cron", (_now + Day).ToUnixTimeMilliseconds());
        await _bench.ScheduleAsync("cron", PythonEntries.Json("cron", cron: "0 0 * * *"), _bench.Source.Crons);

        await FindAndFireAsync();

        Assert.That(await _queue.ReadyAsync(), Is.Zero, "last midnight was the other cron's");
        Assert.That((await StateAsync("data:cron")).FirstSeen, Is.EqualTo(_now).Within(TimeSpan.FromSeconds(20)));
    }

    [Test]
    public async Task Odd_entries_stay_are_named_once_and_stop_nothing()
    {
        await _bench.ScheduleAsync("broken", [0x80, 5, (byte)'c', (byte)'o', (byte)'s'], _bench.Source.Crons);
        await _bench.ScheduleAsync("empty", [], _bench.Source.Crons);
        await _bench.ScheduleAsync("no-cron", PythonEntries.Json("no-cron", cron: "every day"), _bench.Source.Crons);
        await _bench.ScheduleAsync("foreign", PythonEntries.Json("foreign", interval: 5, task: "their:task"), _bench.Source.Intervals);
        await _bench.ScheduleAsync("queue", PythonEntries.Json("queue", interval: 5, queue: "another"), _bench.Source.Intervals);
        await _bench.ScheduleAsync("good", PythonEntries.Json("good", interval: 3600), _bench.Source.Intervals);
        await _queue.Queue.StringSetAsync(_bench.Source.Entry("legacy"), "{");

        foreach (var bench in (PythonScheduleBench[])[_bench, _bench, _other])
        {
            await bench.Lists.LookAsync(None);
            await bench.Keyspace.TurnAsync(None);
            await bench.Due.FireAsync(None);
        }

        Assert.That((await _bench.ReadyAsync()).Select(job => job.Labels.Text("schedule_id")), Is.EqualTo(["good"]));
        string[] unreadable = ["data:broken", "data:empty", "data:no-cron", "legacy"];
        string[] notOurs = ["data:foreign", "data:queue"];
        Assert.That(unreadable.Select(name => Named("python_schedule_unreadable", name)), Is.All.EqualTo(1));
        Assert.That(notOurs.Select(name => Named("python_schedule_not_ours", name)), Is.All.EqualTo(1));
        Assert.That((int)await _queue.Queue.HashGetAsync(_queue.Keys.PythonStats, "unreadable"), Is.EqualTo(4));
        Assert.That((int)await _queue.Queue.HashGetAsync(_queue.Keys.PythonStats, "not_ours"), Is.EqualTo(2));
        Assert.That(await _queue.Queue.KeyExistsAsync([.. unreadable.Concat(notOurs).Select(_bench.Source.Entry)]), Is.EqualTo(6));
    }

    [Test]
    public async Task An_entry_fires_although_something_else_stands_where_its_minute_s_list_and_its_twin_would_be()
    {
        var minute = _bench.Source.Minute(_now);
        await _bench.ScheduleAsync("one", PythonEntries.Json("one", time: _now), minute);
        await _bench.ScheduleAsync("two", PythonEntries.Json("two", time: _now), minute);
        await _bench.Lists.LookAsync(None);
        await _queue.Queue.KeyDeleteAsync(minute);
        await _queue.Queue.StringSetAsync(minute, "another program's");
        await _queue.Queue.KeyDeleteAsync(_bench.Source.Entry("data:two"));
        await _queue.Queue.HashSetAsync(_bench.Source.Entry("data:two"), "a", "1");

        await _bench.Due.FireAsync(None);

        Assert.That((await _bench.ReadyAsync()).Select(job => job.Labels.Text("schedule_id")), Is.EqualTo(["one"]));
        Assert.That((string?)await _queue.Queue.StringGetAsync(minute), Is.EqualTo("another program's"));
        Assert.That(await _bench.Store.DueAsync(_now, 10, None), Is.Empty, "what is no entry any more is forgotten");
    }

    [Test]
    public async Task A_task_that_only_a_living_worker_knows_fires()
    {
        await _queue.Registry.RegisterAsync(
            "w", lostName: null, new Dictionary<string, string>(StringComparer.Ordinal) { ["jobs"] = "a_job,their_task" }, None);
        await _bench.ScheduleAsync("new", PythonEntries.Json("new", interval: 3600, task: "their_task"), _bench.Source.Intervals);

        await FindAndFireAsync();

        Assert.That((await _bench.ReadyAsync()).Single().TaskName, Is.EqualTo("their_task"));
    }

    [Test]
    public async Task An_entry_keeps_what_is_known_of_it_while_no_worker_knows_its_task()
    {
        await _queue.Registry.RegisterAsync(
            "w", lostName: null, new Dictionary<string, string>(StringComparer.Ordinal) { ["jobs"] = "their_task" }, None);
        await _bench.ScheduleAsync("new", PythonEntries.Json("new", interval: 3600, task: "their_task"), _bench.Source.Intervals);
        await FindAndFireAsync();
        var before = await StateAsync("data:new");
        await _queue.Queue.KeyDeleteAsync(_queue.Keys.Worker("w"));
        await _queue.Queue.SortedSetAddAsync(_queue.Keys.PythonDue, "data:new", 1);

        await _other.Due.FireAsync(None);

        Assert.That(await StateAsync("data:new"), Is.EqualTo(before));
        Assert.That(await _bench.Store.DueAsync(_now, 10, None), Is.Empty, "it stands in no other entry's way");
    }

    [Test]
    public async Task More_entries_than_a_page_are_found_and_what_is_added_later_at_the_end()
    {
        var ids = Enumerable.Range(0, 1_234).Select(i => $"c{i}").ToArray();
        foreach (var id in ids)
        {
            _ = _queue.Queue.StringSetAsync(_bench.Source.Entry($"data:{id}"), PythonEntries.Json(id, cron: "0 0 1 1 *"));
        }

        await _queue.Queue.ListRightPushAsync(_bench.Source.Crons, [.. ids.Select(id => (RedisValue)id)]);
        await _bench.Lists.LookAsync(None);
        Assert.That(await _queue.Queue.SortedSetLengthAsync(_queue.Keys.PythonDue), Is.EqualTo(1_234));

        await _bench.ScheduleAsync("last", PythonEntries.Json("last", cron: "0 0 1 1 *"), _bench.Source.Crons);
        await _bench.Lists.LookAsync(None);

        Assert.That(await _queue.Queue.SortedSetLengthAsync(_queue.Keys.PythonDue), Is.EqualTo(1_235));
    }

    private async Task FindAndFireAsync()
    {
        await _bench.Lists.LookAsync(None);
        await _bench.Due.FireAsync(None);
    }

    private async Task<EntryState> StateAsync(string name) =>
        EntryState.Parse(await _queue.Queue.HashGetAsync(_queue.Keys.PythonEntries, name))!;

    private int Named(string @event, string name) =>
        _bench.Logged(@event, name) + _other.Logged(@event, name);

    private async Task<IReadOnlyList<string>> OwnKeysAsync() =>
    [
        .. (await Task.WhenAll(_queue.Queue.Multiplexer.GetServers().Select(async server =>
        {
            var keys = new List<string>();
            await foreach (var key in server.KeysAsync(pattern: _bench.Source.Pattern))
            {
                keys.Add(key.ToString());
            }

            return keys;
        }))).SelectMany(keys => keys),
        .. await _queue.Queue.KeyExistsAsync([_queue.Keys.PythonEntries, _queue.Keys.PythonDue]) == 0 ? (string[])[] : ["an index"],
    ];
}
