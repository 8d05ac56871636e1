using Dashtam.Jobs.Scheduler.PythonSchedules;
using Microsoft.Extensions.Time.Testing;
using NUnit.Framework;

namespace Dashtam.Jobs.Tests.Unit.Scheduler.PythonSchedules;

/// <summary>How fast the keyspace is looked through, and what of it is read again.</summary>
[Category("Unit")]
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal sealed class ScanPaceTests
{
    private const int Page = 1_000;

    private readonly FakeTimeProvider _time = new() { AutoAdvanceAmount = TimeSpan.Zero };

    [TestCase(100_000, 5)]
    [TestCase(1_000_000, 50)]
    public async Task The_first_turn_visits_twenty_thousand_keys_a_second(int keys, int seconds) =>
        Assert.That(await TurnAsync(new ScanPace(_time), keys), Is.EqualTo(TimeSpan.FromSeconds(seconds)).Within(TimeSpan.FromSeconds(1)));

    [Test]
    public async Task A_turn_that_would_take_longer_than_a_minute_is_made_faster()
    {
        var pace = new ScanPace(_time);
        await TurnAsync(pace, 10_000_000);

        Assert.That(await TurnAsync(pace, 10_000_000), Is.LessThan(TimeSpan.FromSeconds(60)));
    }

    [Test]
    public async Task Bytes_of_entries_have_their_own_rate_which_a_long_turn_does_not_raise()
    {
        var pace = new ScanPace(_time);
        await TurnAsync(pace, 10_000_000);
        pace.Begin();
        var began = _time.GetUtcNow();

        for (var read = 0; read < 80; read++)
        {
            await PassAsync(pace.SpendAsync(units: 0, bytes: 1024 * 1024, CancellationToken.None));
        }

        Assert.That(_time.GetUtcNow() - began, Is.EqualTo(TimeSpan.FromSeconds(10)).Within(TimeSpan.FromSeconds(1)));
    }

    [Test]
    public void Few_entries_are_all_read_again_in_each_turn()
    {
        var sample = new EntrySample();
        for (var turn = 0; turn < 3; turn++)
        {
            sample.Begin();
            Assert.That(Enumerable.Range(0, 1_000).Count(i => sample.Takes($"e{i}", isIndexed: true)), Is.EqualTo(1_000));
        }
    }

    [Test]
    public void Of_many_entries_each_turn_reads_another_part_until_all_were_read()
    {
        var sample = new EntrySample();
        var read = new HashSet<int>();
        sample.Begin();
        foreach (var i in Enumerable.Range(0, 20_000))
        {
            sample.Takes($"e{i}", isIndexed: true);
        }

        for (var turn = 0; turn < 10; turn++)
        {
            sample.Begin();
            var taken = Enumerable.Range(0, 20_000).Where(i => sample.Takes($"e{i}", isIndexed: true)).ToList();
            Assert.That(taken, Has.Count.InRange(1_500, 2_500));
            read.UnionWith(taken);
        }

        Assert.That(read, Has.Count.EqualTo(20_000));
    }

    [Test]
    public void An_entry_that_was_left_alone_counts_as_one_that_was_read_before()
    {
        var sample = new EntrySample();
        sample.Begin();

        Assert.That(sample.Takes("odd", isIndexed: false), Is.True);
        sample.LeftAlone(["odd"]);

        Assert.That(sample.Known, Is.Zero);
        Assert.That(sample.Takes("odd", isIndexed: false), Is.True, "there are few");
        Assert.That(sample.Known, Is.EqualTo(1));
    }

    private async Task<TimeSpan> TurnAsync(ScanPace pace, int keys)
    {
        var began = _time.GetUtcNow();
        pace.Begin();
        for (var visited = 0; visited < keys; visited += Page)
        {
            await PassAsync(pace.SpendAsync(Page, CancellationToken.None));
        }

        return _time.GetUtcNow() - began;
    }

    private async Task PassAsync(Task spending)
    {
        while (!spending.IsCompleted)
        {
            _time.Advance(TimeSpan.FromMilliseconds(5));
        }

        await spending;
    }
}
