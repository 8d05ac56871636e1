using System.Text;
using Dashtam.Jobs.Core.Execution.Catalog;
using Dashtam.Jobs.Core.PythonSchedules;
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

/// <summary>Which entries that are left alone are read again.</summary>
[Category("Unit")]
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal sealed class OddMarksTests
{
    private const int Large = 20_000;

    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 11, 28, 12, 0, 0, TimeSpan.Zero));
    private readonly FakePythonScheduleStore _store;
    private readonly FakeWorkerJobs _workers = new();
    private readonly EntryIntake _intake;

    public OddMarksTests()
    {
        _store = new FakePythonScheduleStore(_time);
        var catalog = new JobCatalog(new ConfigurationBuilder().Build(), NullLogger<JobCatalog>.Instance);
        var known = new KnownJobs(catalog, _workers, _time);
        var judge = new EntryJudge(known, new ZoneClocks(), new QueueKeys(Options.Create(new QueueOptions())));
        var odd = new OddEntries(_store, _time, NullLogger<OddEntries>.Instance);
        _intake = new EntryIntake(_store, judge, odd, new OddMarks(_store, known, _time), new NextLook(_time));
    }

    [Test]
    public async Task A_large_odd_entry_is_not_read_again_while_it_looks_the_same()
    {
        _store.Entries["odd"] = Odd(Large);

        Assert.That(await TakeAsync(), Is.EqualTo(Large));
        Assert.That(await TakeAsync(), Is.Zero);

        Assert.That(_store.Reads, Is.EqualTo(1));
    }

    [Test]
    public async Task A_small_odd_entry_is_read_each_time()
    {
        _store.Entries["odd"] = Odd(EntryMark.SmallestMarked - 1);

        await TakeAsync();
        await TakeAsync();

        Assert.That(_store.Reads, Is.EqualTo(2));
    }

    [TestCase(0, Large)]
    [TestCase(Large - 1, Large)]
    [TestCase(5, Large + 1)]
    [TestCase(5, Large - 1)]
    public async Task A_change_at_an_end_or_of_the_length_is_seen_at_once(int changed, int length)
    {
        _store.Entries["odd"] = Odd(Large);
        await TakeAsync();
        _store.Entries["odd"] = Odd(length, changed);

        Assert.That(await TakeAsync(), Is.EqualTo(length));
    }

    [Test]
    public async Task A_change_in_the_middle_is_seen_within_an_hour()
    {
        _store.Entries["odd"] = Odd(Large);
        await TakeAsync();
        _store.Entries["odd"] = Odd(Large, changed: Large / 2);

        Assert.That(await TakeAsync(), Is.Zero);
        _time.Advance(OddMarks.KeptFor);
        Assert.That(await TakeAsync(), Is.EqualTo(Large));
    }

    [Test]
    public async Task A_large_entry_of_a_task_that_nobody_knew_is_read_again_when_a_worker_knows_it()
    {
        _store.Entries["odd"] = Padded(PythonEntries.Json("odd", time: _time.GetUtcNow(), task: "their_task"));
        await TakeAsync();
        Assert.That(await TakeAsync(), Is.Zero);
        Assert.That(_store.State("odd"), Is.Null);

        _workers.Jobs.Add("their_task");
        _time.Advance(TimeSpan.FromMinutes(1));
        await TakeAsync();

        Assert.That(_store.State("odd"), Is.Not.Null);
    }

    private static byte[] Odd(int length, int? changed = null)
    {
        var bytes = new byte[length];
        Array.Fill(bytes, (byte)'x');
        if (changed is { } place)
        {
            bytes[place] = (byte)'y';
        }

        return bytes;
    }

    private static byte[] Padded(byte[] json) => Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(json).PadRight(Large));

    private async Task<long> TakeAsync() => (await _intake.TakeAsync(["odd"], CancellationToken.None)).Bytes;
}
