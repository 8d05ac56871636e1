using Dashtam.Jobs.Core.Execution.Catalog;
using Dashtam.Jobs.Core.Infrastructure.Redis;
using Dashtam.Jobs.Core.PythonSchedules;
using Dashtam.Jobs.Core.Queue;
using Dashtam.Jobs.Core.Queue.Acl;
using Dashtam.Jobs.Scheduler.Crons;
using Dashtam.Jobs.Scheduler.PythonSchedules;
using Dashtam.Jobs.Tests.Support;
using Dashtam.Jobs.Tests.Support.Fakes;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using NSubstitute;
using NUnit.Framework;

namespace Dashtam.Jobs.Tests.Unit.Scheduler.PythonSchedules;

/// <summary>What the scan asks of Redis while nothing happens, by count.</summary>
[Category("Unit")]
[CancelAfter(60_000)]
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal sealed class KeyspaceLoopTests
{
    private static readonly TimeSpan Watched = TimeSpan.FromMinutes(10);

    private readonly LeapingTime _time = new(new DateTimeOffset(2026, 11, 28, 12, 0, 0, TimeSpan.Zero));

    [Test]
    public async Task The_next_turn_begins_about_half_a_minute_later_at_most([Values(1_000, 100_000)] int entries)
    {
        var (keyspace, _) = await WatchAsync(entries);

        var periods = keyspace.Turns.Zip(keyspace.Turns.Skip(1), (one, next) => next - one).ToList();
        Assert.That(periods, Is.Not.Empty.And.All.LessThanOrEqualTo(KeyspaceLoop.LongestPeriod + TimeSpan.FromSeconds(3)));
    }

    [Test]
    public async Task A_hundred_thousand_idle_entries_are_scanned_twice_a_minute_and_a_part_of_them_is_read_again_in_five_minutes()
    {
        var (keyspace, store) = await WatchAsync(100_000);

        var minutes = _time.Passed.TotalMinutes;
        Assert.That(keyspace.Turns.Count / minutes, Is.InRange(1.8, 2.2));
        Assert.That(keyspace.Scans, Is.LessThanOrEqualTo(keyspace.Turns.Count * 50));
        Assert.That(keyspace.ListPages / minutes, Is.LessThan(2 * 202 / 5), "every five minutes, and at the beginning");
        Assert.That(store.Reads / minutes, Is.InRange(1_500 / 6, 2_500 / 4));
    }

    [Test]
    public async Task While_it_rests_it_stays_the_one_that_looks()
    {
        var (keyspace, _) = await WatchAsync(100_000);

        Assert.That(keyspace.Holds, Is.GreaterThanOrEqualTo((int)(_time.Passed / KeyspaceFinder.Held)));
    }

    [TestCase(0.1, 5)]
    [TestCase(2, 10)]
    [TestCase(5, 25)]
    [TestCase(20, 10)]
    [TestCase(50, 5)]
    public void The_rest_grows_with_the_turn_as_far_as_the_next_turn_still_begins_in_time(double took, double rest) =>
        Assert.That(KeyspaceLoop.Rest(TimeSpan.FromSeconds(took)).TotalSeconds, Is.EqualTo(rest).Within(0.001));

    /// <summary>Ten minutes of the loop, or some more.</summary>
    private async Task<(FakeScheduleKeyspace Keyspace, FakePythonScheduleStore Store)> WatchAsync(int entries)
    {
        var (keyspace, store) = (new FakeScheduleKeyspace(entries, _time), new FakePythonScheduleStore(_time) { KnowsAll = true });
        var source = new ScheduleSource(Options.Create(new QueueOptions()));
        var rights = new AclGate();
        rights.Open();
        var state = new PythonSchedulesState(
            Substitute.For<IRedisConnections>(), source, rights, NullLogger<PythonSchedulesState>.Instance);
        using var loop = new KeyspaceLoop(Finder(keyspace, store, source), state, _time);
        await loop.StartAsync(CancellationToken.None);
        while (_time.Passed < Watched)
        {
            await Task.Yield();
        }

        await loop.StopAsync(CancellationToken.None);
        return (keyspace, store);
    }

    private KeyspaceFinder Finder(FakeScheduleKeyspace keyspace, FakePythonScheduleStore store, ScheduleSource source)
    {
        var catalog = new JobCatalog(new ConfigurationBuilder().Build(), NullLogger<JobCatalog>.Instance);
        var known = new KnownJobs(catalog, new FakeWorkerJobs(), _time);
        var judge = new EntryJudge(known, new ZoneClocks(), new QueueKeys(Options.Create(new QueueOptions())));
        var odd = new OddEntries(store, _time, NullLogger<OddEntries>.Instance);
        var intake = new EntryIntake(store, judge, odd, new OddMarks(store, known, _time), new NextLook(_time));
        return new KeyspaceFinder(keyspace, keyspace, store, source, intake, _time);
    }
}
