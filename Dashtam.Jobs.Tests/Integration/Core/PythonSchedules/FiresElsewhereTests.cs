using Dashtam.Jobs.Core.PythonSchedules;
using Dashtam.Jobs.Core.Wire;
using Dashtam.Jobs.Tests.Support;
using Dashtam.Jobs.Tests.Unit.Core.Wire;
using Microsoft.Extensions.Logging;
using NUnit.Framework;

namespace Dashtam.Jobs.Tests.Integration.Core.PythonSchedules;

/// <summary>Which messages a worker takes for fires of TaskIQ's own scheduler, on both servers. Messages are looked at in their order.</summary>
[Category("Integration")]
[OnEachServer]
[CancelAfter(30_000)]
internal sealed class FiresElsewhereTests
{
    private static readonly CancellationToken None = CancellationToken.None;

    private TestQueue _queue = null!;
    private PythonScheduleBench _bench = null!;
    private PythonScheduleBench _other = null!;
    private LogLines _log = null!;
    private FiresElsewhere _elsewhere = null!;
    private DateTimeOffset _now;

    [SetUp]
    public async Task SetUp()
    {
        _queue = await PythonScheduleBench.QueueAsync();
        _bench = new PythonScheduleBench(_queue);
        _other = new PythonScheduleBench(_queue);
        _log = new LogLines();
        _now = await _bench.Store.GetTimeAsync(None);
        _elsewhere = new FiresElsewhere(
            new FireMarks(_queue, _queue.Keys, TimeProvider.System), TimeProvider.System, _log.Factory.CreateLogger<FiresElsewhere>());
        await _elsewhere.StartAsync(None);
    }

    [TearDown]
    public async Task TearDown()
    {
        await _elsewhere.StopAsync(None);
        _elsewhere.Dispose();
        _log.Dispose();
        _other.Dispose();
        _bench.Dispose();
        await _queue.DisposeAsync();
    }

    [TestCase("data:one", "interval")]
    [TestCase("one", "interval")]
    [TestCase("data:one", "time")]
    [TestCase("one", "time")]
    public async Task A_fire_of_TaskIQs_own_scheduler_beside_ours_is_warned_of_once_and_counted(string name, string timing)
    {
        await FiredAsync(name, timing == "time" ? PythonEntries.Json("one", time: _now) : PythonEntries.Json("one", interval: 3600));

        await LookAsync(PythonEntries.FiredByTaskiq("one"), PythonEntries.FiredByTaskiq("one"));

        Assert.That(Warned("one"), Is.EqualTo(1));
        await Eventually.HoldsAsync(async () => await CountAsync() == 2 + 1, "both, and the last one, are counted");
    }

    [Test]
    public async Task Our_own_fires_are_none_however_often_they_come()
    {
        var first = await FiredAsync("data:one", PythonEntries.Json("one", interval: 3600));
        await _bench.AgeAsync("data:one", TimeSpan.FromDays(1));
        Assert.That(await _other.Due.FireAsync(None), Is.EqualTo(1));
        var second = (await _bench.ReadyAsync())[^1];

        await LookAsync(
            first, second, // of two schedulers
            first, // handed back, or recovered: the same bytes
            first with { Labels = first.Labels.WithFailedAttempts(1) }, // run again after a failure
            second with { Labels = second.Labels.With("X-Taskiq-requeue", "1") });

        Assert.That(Warned("one"), Is.Zero);
    }

    [Test]
    public async Task A_fire_that_was_repeated_after_a_lost_reply_is_none()
    {
        await _queue.Queue.StringSetAsync(_bench.Source.Entry("data:one"), PythonEntries.Json("one", interval: 3600));
        await _bench.Intake.TakeAsync(["data:one"], None);
        var entry = (await _bench.Store.ReadAsync(["data:one"], None)).Single();
        var state = EntryState.Parse(entry.State)!;
        var message = PythonEntries.FiredByTaskiq("one") with { TaskId = FireId.New("one") };
        var fire = new PythonFire(entry, state.FirstSeen, message, state with { LastFired = state.FirstSeen }, _now.AddHours(1));

        Assert.That(await _bench.Store.FireAsync(fire, None), Is.EqualTo(PythonFireCode.Fired));
        Assert.That(await _bench.Store.FireAsync(fire, None), Is.EqualTo(PythonFireCode.AlreadyFired));
        await LookAsync(await FiredAsync("data:two", PythonEntries.Json("two", time: _now)), message);

        Assert.That(Warned("one"), Is.Zero);
    }

    [Test]
    public async Task A_fire_whose_entry_was_unscheduled_meanwhile_is_none()
    {
        var fired = await FiredAsync("data:one", PythonEntries.Json("one", interval: 3600));
        await _queue.Queue.KeyDeleteAsync(_bench.Source.Entry("data:one"));
        await _bench.Intake.TakeAsync(["data:one"], None);
        Assert.That(await _queue.Queue.HashExistsAsync(_queue.Keys.PythonEntries, "data:one"), Is.False);

        await LookAsync(fired);

        Assert.That(Warned("one"), Is.Zero);
    }

    [Test]
    public async Task A_fire_with_the_id_that_the_entry_gives_is_none()
    {
        var fired = await FiredAsync("data:one", PythonEntries.Json("one", interval: 3600, taskId: JobEnvelope.NewTaskId()));

        await LookAsync(fired);

        Assert.That(FireId.IsMade(fired.TaskId), Is.True);
        Assert.That(Warned("one"), Is.Zero);
    }

    /// <summary>It counts its fire, and gives the job an id like TaskIQ's.</summary>
    [Test]
    public async Task A_fire_of_an_earlier_releases_scheduler_is_none()
    {
        await FiredAsync("data:one", PythonEntries.Json("one", interval: 3600));
        await LookAsync();
        await _queue.Queue.HashIncrementAsync(_queue.Keys.PythonStats, "fired");

        _elsewhere.Note(_queue.Options.Name, PythonEntries.FiredByTaskiq("one"));
        await LookAsync();

        Assert.That(Warned("one"), Is.Zero);
    }

    [Test]
    public async Task A_fire_of_a_schedule_that_no_scheduler_of_ours_fires_is_none()
    {
        await LookAsync(WireFixtures.Message("message-fired-by-taskiq-scheduler.json"), WireFixtures.Message("message-fired-by-label-schedule.json"));

        Assert.That(_log.Lines, Has.Count.EqualTo(1), "the one that the test waits for");
    }

    private int Warned(string schedule) => _log.Count("schedule_fired_elsewhere", schedule);

    private async Task<int> CountAsync() => (int)await _queue.Queue.HashGetAsync(_queue.Keys.Stats, FireMarks.Elsewhere);

    private async Task<JobEnvelope> FiredAsync(string name, byte[] entry)
    {
        Assert.That(await _bench.FireAsync(name, entry), Is.EqualTo(1));
        return (await _bench.ReadyAsync())[^1];
    }

    /// <summary>Returns when all were looked at: a last one, which is warned of, is behind them.</summary>
    private async Task LookAsync(params JobEnvelope[] messages)
    {
        if (Warned("last") == 0)
        {
            await FiredAsync("data:last", PythonEntries.Json("last", time: _now));
        }

        foreach (var message in messages)
        {
            _elsewhere.Note(_queue.Options.Name, message);
        }

        var before = await CountAsync();
        _elsewhere.Note(_queue.Options.Name, PythonEntries.FiredByTaskiq("last"));
        await Eventually.HoldsAsync(async () => Warned("last") == 1 && await CountAsync() > before, "the last one was looked at");
    }
}
