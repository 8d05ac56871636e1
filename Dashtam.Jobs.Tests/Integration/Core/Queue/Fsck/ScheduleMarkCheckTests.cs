using Dashtam.Jobs.Core.Queue.Fsck;
using Dashtam.Jobs.Core.Schedules;
using Dashtam.Jobs.Tests.Support;
using NUnit.Framework;
using StackExchange.Redis;

namespace Dashtam.Jobs.Tests.Integration.Core.Queue.Fsck;

/// <summary>Schedules' marks that are no instants, or lie in Redis' future.</summary>
[Category("Integration")]
internal sealed class ScheduleMarkCheckTests
{
    private FsckBench _bench = null!;

    [SetUp]
    public async Task SetUp() => _bench = await FsckBench.CreateAsync();

    [TearDown]
    public async Task TearDown() => await _bench.DisposeAsync();

    [TestCase("10:00", FindingKind.MarkUnreadable)]
    [TestCase("01700000000", FindingKind.MarkUnreadable)]
    [TestCase("4000000000", FindingKind.MarkAhead)]
    public async Task A_fired_mark_is_set_to_now_and_its_old_value_named(string mark, FindingKind kind)
    {
        await _bench.Redis.HashSetAsync(_bench.Keys.Fired, "tokens", mark);

        await _bench.FindsAndRepairsAsync(kind, _bench.Keys.Fired, $"tokens: '{mark}'");

        Assert.That(await AgeAsync(_bench.Keys.Fired, perSecond: 1), Is.InRange(-1_000, 60_000));
    }

    [TestCase("nan", FindingKind.MarkUnreadable)]
    [TestCase("0170000000000", FindingKind.MarkUnreadable)]
    [TestCase("4000000000000", FindingKind.MarkAhead)]
    public async Task A_pause_is_set_to_now_and_its_old_value_named(string mark, FindingKind kind)
    {
        await _bench.Redis.HashSetAsync(_bench.Keys.PausedSchedules, "tokens", mark);

        await _bench.FindsAndRepairsAsync(kind, _bench.Keys.PausedSchedules, $"tokens: '{mark}'");

        Assert.That(await AgeAsync(_bench.Keys.PausedSchedules, perSecond: 1_000), Is.InRange(0, 60_000));
    }

    [Test]
    public async Task A_mark_in_the_future_stays_while_a_scheduler_reports_a_wrong_clock()
    {
        await _bench.Redis.HashSetAsync(_bench.Keys.Fired, "tokens", "4000000000");
        await _bench.Redis.StringSetAsync(_bench.Keys.Skewed, "3600000", ScheduleMarks.SkewReported);

        await _bench.RunAsync(repair: true);

        Assert.That((string?)await _bench.Redis.HashGetAsync(_bench.Keys.Fired, "tokens"), Is.EqualTo("4000000000"));
    }

    private async Task<long> AgeAsync(RedisKey marks, long perSecond) =>
        await _bench.NowAsync() - ((long)await _bench.Redis.HashGetAsync(marks, "tokens") * 1_000 / perSecond);
}
