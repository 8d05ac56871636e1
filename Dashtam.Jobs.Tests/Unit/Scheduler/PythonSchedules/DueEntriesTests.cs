using Dashtam.Jobs.Core.Execution.Catalog;
using Dashtam.Jobs.Core.Queue;
using Dashtam.Jobs.Scheduler.Crons;
using Dashtam.Jobs.Scheduler.PythonSchedules;
using Dashtam.Jobs.Tests.Support;
using Dashtam.Jobs.Tests.Support.Fakes;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using NUnit.Framework;

namespace Dashtam.Jobs.Tests.Unit.Scheduler.PythonSchedules;

/// <summary>When entries fire, as time passes.</summary>
[Category("Unit")]
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal sealed class DueEntriesTests
{
    private static readonly CancellationToken None = CancellationToken.None;
    private static readonly DateTimeOffset Start = new(2026, 11, 28, 12, 0, 30, TimeSpan.Zero);

    private readonly FakeTimeProvider _time = new(Start);
    private readonly FakePythonScheduleStore _store;
    private readonly FakeWorkerJobs _workers = new();
    private readonly EntryIntake _intake;
    private readonly DueEntries _due;

    public DueEntriesTests()
    {
        _store = new FakePythonScheduleStore(_time);
        var catalog = new JobCatalog(new ConfigurationBuilder().Build(), NullLogger<JobCatalog>.Instance);
        var keys = new QueueKeys(Options.Create(new QueueOptions()));
        var known = new KnownJobs(catalog, _workers, _time);
        var judge = new EntryJudge(known, new ZoneClocks(), keys);
        var odd = new OddEntries(_store, _time, NullLogger<OddEntries>.Instance);
        _intake = new EntryIntake(_store, judge, odd, new OddMarks(_store, known, _time), new NextLook(_time));
        _due = new DueEntries(_store, _intake, judge, new Random(1), NullLogger<DueEntries>.Instance);
    }

    private IEnumerable<TimeSpan> Instants => _store.Fired.Select(fire => fire.Instant - Start);

    [Test]
    public async Task A_time_entry_fires_at_its_time_and_is_gone()
    {
        await FoundAsync("data:one", PythonEntries.Json("one", time: Start.AddSeconds(5)));

        await PassAsync(seconds: 4);
        Assert.That(Instants, Is.Empty);
        await PassAsync(seconds: 10);

        Assert.That(Instants, Is.EqualTo([TimeSpan.FromSeconds(5)]));
        Assert.That(_store.Entries, Is.Empty);
    }

    [Test]
    public async Task A_time_that_was_missed_fires_late_once()
    {
        await FoundAsync("old", PythonEntries.Json("old", time: Start.AddDays(-400)));

        await PassAsync(seconds: 3);

        Assert.That(Instants, Is.EqualTo([TimeSpan.FromDays(-400)]));
    }

    [Test]
    public async Task An_interval_fires_when_first_seen_and_after_each_period()
    {
        await FoundAsync("data:i", PythonEntries.Json("i", interval: 5));

        await PassAsync(seconds: 12);

        Assert.That(Instants.Select(instant => instant.TotalSeconds), Is.EqualTo([0, 5, 10]));
    }

    [Test]
    public async Task A_cron_fires_at_each_minute_from_when_it_was_first_seen()
    {
        await FoundAsync("data:c", PythonEntries.Json("c", cron: "* * * * *"));

        await PassAsync(seconds: 100);

        Assert.That(Instants.Select(instant => instant.TotalSeconds), Is.EqualTo([30, 90]));
    }

    [Test]
    public async Task Of_missed_instants_the_latest_fires()
    {
        await FoundAsync("data:i", PythonEntries.Json("i", interval: 5));
        await FoundAsync("data:c", PythonEntries.Json("c", cron: "* * * * *"));
        await _due.FireAsync(None);

        _time.Advance(TimeSpan.FromHours(1));
        await _due.FireAsync(None);

        Assert.That(Instants.Select(instant => instant.TotalSeconds), Is.EquivalentTo([0, 3600, 3570]));
    }

    [Test]
    public async Task An_entry_that_is_overwritten_between_read_and_fire_does_not_fire_as_it_was()
    {
        await FoundAsync("data:one", PythonEntries.Json("one", time: Start));
        _store.BeforeFire = () => _store.Entries["data:one"] = PythonEntries.Json("one", time: Start.AddSeconds(3));

        await PassAsync(seconds: 2);
        Assert.That(Instants, Is.Empty);
        await PassAsync(seconds: 2);

        Assert.That(Instants, Is.EqualTo([TimeSpan.FromSeconds(3)]));
    }

    [Test]
    public async Task An_entry_that_is_unscheduled_between_read_and_fire_does_not_fire()
    {
        await FoundAsync("data:one", PythonEntries.Json("one", interval: 5));
        _store.BeforeFire = () => _store.Entries.Clear();

        await PassAsync(seconds: 10);

        Assert.That(Instants, Is.Empty);
        Assert.That(_store.State("data:one"), Is.Null);
    }

    [Test]
    public async Task Another_period_under_the_same_id_begins_anew()
    {
        await FoundAsync("data:i", PythonEntries.Json("i", interval: 3600));
        await PassAsync(seconds: 10);
        await FoundAsync("data:i", PythonEntries.Json("i", interval: 60));

        await PassAsync(seconds: 61);

        Assert.That(Instants.Select(instant => instant.TotalSeconds), Is.EqualTo([0, 10, 70]));
    }

    [Test]
    public async Task Other_arguments_under_the_same_id_change_nothing_about_when()
    {
        await FoundAsync("data:i", PythonEntries.Json("i", interval: 60));
        await PassAsync(seconds: 10);
        await FoundAsync("data:i", PythonEntries.Json("i", interval: 60, queue: "dashtam:jobs"));

        await PassAsync(seconds: 51);

        Assert.That(Instants.Select(instant => instant.TotalSeconds), Is.EqualTo([0, 60]));
    }

    [Test]
    public async Task An_entry_whose_task_no_worker_knows_any_more_waits_and_loses_nothing()
    {
        _workers.Jobs.Add("their_task");
        await FoundAsync("data:i", PythonEntries.Json("i", interval: 60, task: "dashtam_jobs.tasks.x:their_task"));
        await _due.FireAsync(None);
        _workers.Jobs.Clear();

        await PassAsync(seconds: 100);
        Assert.That(Instants.Select(instant => instant.TotalSeconds), Is.EqualTo([0]));
        Assert.That(_store.Entries, Has.Count.EqualTo(1));
        _workers.Jobs.Add("their_task");
        await PassAsync(seconds: 15);

        Assert.That(Instants.Select(instant => instant.TotalSeconds), Is.EqualTo([0, 60]));
    }

    [Test]
    public async Task An_entry_that_was_read_before_is_not_judged_again()
    {
        await FoundAsync("data:c", PythonEntries.Json("c", cron: "0 0 1 1 *"));
        var before = _store.State("data:c");

        _time.Advance(TimeSpan.FromMinutes(1));
        await _intake.TakeAsync(["data:c"], None);

        Assert.That(_store.State("data:c"), Is.EqualTo(before));
    }

    [Test]
    public async Task An_odd_entry_that_takes_a_good_one_s_place_is_left_there_and_named()
    {
        await FoundAsync("data:c", PythonEntries.Json("c", interval: 5));
        _store.Entries["data:c"] = [0x80, 4, (byte)'R'];

        await PassAsync(seconds: 10);

        Assert.That(Instants, Is.Empty);
        Assert.That(_store.Named, Is.EqualTo(["data:c"]));
        Assert.That(_store.Entries, Has.Count.EqualTo(1));
        Assert.That(_store.State("data:c"), Is.Null);
    }

    private async Task FoundAsync(string name, byte[] entry)
    {
        _store.Entries[name] = entry;
        await _intake.TakeAsync([name], None);
    }

    private async Task PassAsync(int seconds)
    {
        for (var i = 0; i < seconds; i++)
        {
            await _due.FireAsync(None);
            _time.Advance(TimeSpan.FromSeconds(1));
        }
    }
}
