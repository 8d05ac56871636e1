using System.Text;
using Dashtam.Jobs.Core.Queue.DeadLetters;
using Dashtam.Jobs.Core.Queue.Fsck;
using Dashtam.Jobs.Tests.Support;
using NUnit.Framework;

namespace Dashtam.Jobs.Tests.Integration.Core.Queue.Fsck;

[Category("Integration")]
[OnEachServer]
internal sealed class DeadLetterCheckTests
{
    private FsckBench _bench = null!;

    [SetUp]
    public async Task SetUp()
    {
        _bench = await FsckBench.CreateAsync(fsck: new FsckOptions { PageSize = 3 });
        foreach (var delivery in await _bench.Queue.HoldAsync("w", [.. Enumerable.Range(0, 10).Select(Bytes)]))
        {
            await _bench.Queue.Jobs.DeadLetterAsync(
                delivery, Rejections.Malformed(delivery.Envelope, "no JSON"), CancellationToken.None);
        }
    }

    [TearDown]
    public async Task TearDown() => await _bench.DisposeAsync();

    [Test]
    public async Task Dead_letters_as_they_come_are_no_findings() =>
        Assert.That((await _bench.RunAsync()).Counts, Is.Empty);

    [Test]
    public async Task A_number_without_an_entry_is_removed()
    {
        await _bench.Redis.SortedSetAddAsync(_bench.Keys.Dead, "4", 1);
        await _bench.Redis.StringDecrementAsync(
            _bench.Keys.DeadBytes, await _bench.Redis.HashStringLengthAsync(_bench.Keys.DeadEntries, "4"));
        await _bench.Redis.HashDeleteAsync(_bench.Keys.DeadEntries, "4");

        var report = await _bench.RunAsync(repair: true);

        Assert.That(report.Counts, Is.EqualTo(new[] { new FindingCount(FindingKind.DeadNumberWithoutEntry, 1, 1) }));
        Assert.That(report.Findings.Single().Detail, Is.EqualTo("number 4"));
        Assert.That(await _bench.Redis.SortedSetLengthAsync(_bench.Keys.Dead), Is.EqualTo(9));
        Assert.That((await _bench.RunAsync()).Counts, Is.Empty);
    }

    [Test]
    public async Task An_entry_without_a_number_gets_a_place_in_the_index_again()
    {
        await _bench.Redis.SortedSetRemoveAsync(_bench.Keys.Dead, "4");

        await _bench.FindsAndRepairsAsync(FindingKind.DeadEntryWithoutNumber, _bench.Keys.DeadEntries, "number 4");

        Assert.That(await _bench.Redis.SortedSetLengthAsync(_bench.Keys.Dead), Is.EqualTo(10));
    }

    [TestCase("0")]
    [TestCase("123456789")]
    [TestCase("nonsense")]
    public async Task A_wrong_counter_of_bytes_is_corrected(string wrong)
    {
        var right = await _bench.Redis.StringGetAsync(_bench.Keys.DeadBytes);
        await _bench.Redis.StringSetAsync(_bench.Keys.DeadBytes, wrong);

        await _bench.FindsAndRepairsAsync(FindingKind.DeadBytesWrong, _bench.Keys.DeadBytes, $"the entries have {right} bytes");

        Assert.That(await _bench.Redis.StringGetAsync(_bench.Keys.DeadBytes), Is.EqualTo(right));
    }

    [Test]
    public async Task A_missing_counter_of_bytes_is_made_again()
    {
        await _bench.Redis.KeyDeleteAsync(_bench.Keys.DeadBytes);

        await _bench.FindsAndRepairsAsync(FindingKind.DeadBytesWrong, _bench.Keys.DeadBytes, "is 0");
    }

    [Test]
    public async Task The_counter_is_left_alone_when_a_dead_letter_comes_in_between()
    {
        await _bench.Redis.StringSetAsync(_bench.Keys.DeadBytes, "7");
        _bench.DuringPause = () => _bench.Redis.StringIncrement(_bench.Keys.DeadBytes, 100);

        Assert.That((await _bench.RunAsync(repair: true)).Counts, Is.Empty);
        Assert.That((long)await _bench.Redis.StringGetAsync(_bench.Keys.DeadBytes), Is.EqualTo(107));
    }

    [Test]
    public async Task A_lost_counter_of_entries_is_raised_before_a_new_dead_letter_overwrites_an_old_one()
    {
        await _bench.Redis.KeyDeleteAsync(_bench.Keys.Sequence);
        await _bench.Redis.SortedSetAddAsync(
            _bench.Keys.Delayed, "no number", DateTimeOffset.UtcNow.AddHours(1).ToUnixTimeMilliseconds());

        var report = await _bench.RunAsync(repair: true);

        Assert.That(report.Counts.Select(count => count.Kind), Is.EquivalentTo(
            new[] { FindingKind.SequenceBehind, FindingKind.DelayedUnreadable }));
        Assert.That(await _bench.Redis.HashLengthAsync(_bench.Keys.DeadEntries), Is.EqualTo(11));
        Assert.That((await _bench.RunAsync()).Counts, Is.Empty);
    }

    [Test]
    public async Task More_dead_letters_than_allowed_are_worth_a_warning()
    {
        _bench.Queue.Options.DeadMaxEntries = 9;

        await _bench.OnlyNamesAsync(FindingKind.DeadOverCap, _bench.Keys.Dead, "more entries than JOBS_DEAD_MAX_ENTRIES (9)");
    }

    private static byte[] Bytes(int number) => Encoding.UTF8.GetBytes($"no JSON {number}");
}
