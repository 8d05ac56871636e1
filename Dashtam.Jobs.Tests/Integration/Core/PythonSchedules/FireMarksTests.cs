using Dashtam.Jobs.Core.PythonSchedules;
using Dashtam.Jobs.Core.Wire;
using Dashtam.Jobs.Tests.Support;
using Microsoft.Extensions.Time.Testing;
using NUnit.Framework;
using StackExchange.Redis;

namespace Dashtam.Jobs.Tests.Integration.Core.PythonSchedules;

/// <summary>What fires leave behind for workers, on both servers.</summary>
[Category("Integration")]
[OnEachServer]
[CancelAfter(30_000)]
internal sealed class FireMarksTests
{
    private static readonly CancellationToken None = CancellationToken.None;

    private TestQueue _queue = null!;
    private PythonScheduleBench _bench = null!;
    private FakeTimeProvider _time = null!;
    private FireMarks _marks = null!;

    [SetUp]
    public async Task SetUp()
    {
        _queue = await PythonScheduleBench.QueueAsync();
        _bench = new PythonScheduleBench(_queue);
        _time = new FakeTimeProvider(await _bench.Store.GetTimeAsync(None));
        _marks = new FireMarks(_queue, _queue.Keys, _time);
    }

    [TearDown]
    public async Task TearDown()
    {
        _bench.Dispose();
        await _queue.DisposeAsync();
    }

    [TestCase("cron")]
    [TestCase("interval")]
    [TestCase("time")]
    public async Task A_schedule_that_has_fired_is_marked_and_its_job_has_a_marked_id(string timing)
    {
        await FireAsync("one", timing switch
        {
            "cron" => PythonEntries.Json("one", cron: "0 0 * * *"),
            "interval" => PythonEntries.Json("one", interval: 3600),
            _ => PythonEntries.Json("one", time: _time.GetUtcNow()),
        });

        Assert.That(FireId.IsOurs((await _bench.ReadyAsync()).Single().TaskId, "one"), Is.True);
        Assert.That(await AreMarkedAsync("one"), Is.True);
        Assert.That(await AreMarkedAsync("two"), Is.False);
    }

    [Test]
    public async Task A_schedule_whose_entry_gives_its_jobs_id_is_not_marked_and_no_longer_when_it_is_overwritten_so()
    {
        await FireAsync("one", PythonEntries.Json("one", time: _time.GetUtcNow()));
        await FireAsync("one", PythonEntries.Json("one", time: _time.GetUtcNow(), taskId: JobEnvelope.NewTaskId()));

        Assert.That(await _queue.ReadyAsync(), Is.EqualTo(2));
        Assert.That(await AreMarkedAsync("one"), Is.False);
    }

    /// <summary>Its scheduler counts a fire and marks nothing; its jobs may wait in the queue for a while.</summary>
    [Test]
    public async Task For_a_week_after_an_earlier_releases_scheduler_has_fired_no_schedule_counts_as_marked()
    {
        await FireAsync("one", PythonEntries.Json("one", time: _time.GetUtcNow()));
        await _queue.Queue.HashIncrementAsync(_queue.Keys.PythonStats, "fired");
        Assert.That(await AreMarkedAsync("one"), Is.False, "an earlier release's scheduler has just fired");

        await FireAsync("one", PythonEntries.Json("one", time: _time.GetUtcNow()));
        Assert.That(await AreMarkedAsync("one"), Is.False, "its jobs may wait");
        _time.Advance(FireMarks.EarlierReleaseWaits - TimeSpan.FromHours(1));
        Assert.That(await AreMarkedAsync("one"), Is.False, "its jobs may still wait");

        _time.Advance(TimeSpan.FromHours(2));
        Assert.That(await AreMarkedAsync("one"), Is.True);
    }

    [Test]
    public async Task The_last_thousand_schedules_are_remembered()
    {
        await _queue.Queue.SortedSetAddAsync(
            _queue.Keys.PythonFires, [.. Enumerable.Range(0, 1_000).Select(i => new SortedSetEntry($"old {i}", i))]);

        await FireAsync("one", PythonEntries.Json("one", time: _time.GetUtcNow()));

        Assert.That(await _queue.Queue.SortedSetLengthAsync(_queue.Keys.PythonFires), Is.EqualTo(1_000));
        Assert.That(await AreMarkedAsync("one"), Is.True);
        Assert.That(await AreMarkedAsync("old 0"), Is.False);
        Assert.That(await AreMarkedAsync("old 1"), Is.True);
    }

    [Test]
    public async Task What_somebody_else_has_put_in_the_place_of_the_marks_keeps_no_entry_from_firing()
    {
        await _queue.Queue.StringSetAsync(_queue.Keys.PythonFires, "x");
        await _queue.Queue.StringSetAsync(_queue.Keys.PythonStats, "x");

        await FireAsync("one", PythonEntries.Json("one", time: _time.GetUtcNow()));

        Assert.That(await _queue.ReadyAsync(), Is.EqualTo(1));
    }

    private Task<bool> AreMarkedAsync(string schedule) => _marks.AreMarkedAsync(_queue.Options.Name, schedule, None);

    private async Task FireAsync(string id, byte[] entry)
    {
        if (await _bench.FireAsync(ScheduleSource.Listed(id), entry) == 0)
        {
            await _bench.AgeAsync(ScheduleSource.Listed(id), TimeSpan.FromDays(1)); // a cron fires from when it is first seen
            Assert.That(await _bench.Due.FireAsync(None), Is.EqualTo(1));
        }
    }
}
