using System.Globalization;
using Dashtam.Jobs.Core.Queue;
using Dashtam.Jobs.Core.Queue.Fsck;
using Dashtam.Jobs.Core.Queue.Leases;
using Dashtam.Jobs.Tests.Support;
using NUnit.Framework;

namespace Dashtam.Jobs.Tests.Integration.Core.Queue.Fsck;

/// <summary>What holds for every check: counted in full, named up to a limit, never all at once, nothing that only moves.</summary>
[Category("Integration")]
[OnEachServer]
[CancelAfter(60_000)]
internal sealed class QueueFsckTests
{
    [Test]
    public async Task An_empty_queue_is_clean()
    {
        await using var bench = await FsckBench.CreateAsync();

        var report = await bench.RunAsync();

        Assert.That(report.IsClean, Is.True);
        Assert.That(report.Counts, Is.Empty);
        Assert.That(report.Queue, Is.EqualTo(bench.Queue.Options.Name));
    }

    [Test]
    public async Task All_findings_are_counted_and_repaired_and_the_first_ones_are_named()
    {
        await using var bench = await FsckBench.CreateAsync(fsck: new FsckOptions { NamedPerKind = 10 });
        for (var i = 0; i < 1_500; i++) // more than wait for a second look at once
        {
            await bench.Redis.StringSetAsync(bench.Keys.OnceById(i.ToString(CultureInfo.InvariantCulture)), "1");
        }

        var report = await bench.RunAsync(repair: true);

        Assert.That(report.Counts, Is.EqualTo(new[] { new FindingCount(FindingKind.OnceKeyWithoutTtl, 1_500, 1_500) }));
        Assert.That(report.Findings, Has.Count.EqualTo(10));
    }

    [Test]
    public async Task What_is_gone_at_the_second_look_is_no_finding()
    {
        await using var bench = await FsckBench.CreateAsync();
        await bench.Redis.StringSetAsync(bench.Keys.OnceById("t"), "1");
        bench.DuringPause = () => bench.Redis.KeyDelete(bench.Keys.OnceById("t"));

        Assert.That((await bench.RunAsync()).Counts, Is.Empty);
    }

    [NotOnGarnet("it has no maxmemory")]
    [Test]
    public async Task A_repair_that_Redis_refuses_is_said_and_ends_nothing()
    {
        await using var redis = await TestServices.StartOwnRedisAsync();
        await using var bench = new FsckBench(await TestQueue.CreateOnAsync(redis.ConnectionString), new LeaseOptions());
        await bench.Redis.SortedSetAddAsync(
            bench.Keys.Delayed, FsckBench.Member(9, FsckBench.Envelope("t")), await bench.NowAsync() + 60_000);
        await bench.Redis.ExecuteAsync("CONFIG", "SET", "maxmemory", "1");

        var report = await bench.RunAsync(repair: true);

        Assert.That(report.Left, Is.EqualTo(1));
        Assert.That(report.Findings.Single().Detail, Does.Contain("repair refused: OOM"));
    }

    [NotOnGarnet("it counts no calls of a command (INFO commandstats)")]
    [Test]
    public async Task Large_envelopes_are_read_few_at_a_time()
    {
        await using var redis = await TestServices.StartOwnRedisAsync();
        await using var bench = new FsckBench(await TestQueue.CreateOnAsync(redis.ConnectionString), new LeaseOptions());
        for (var i = 0; i < 30; i++)
        {
            await bench.Queue.PushAsync(new byte[1024 * 1024]);
        }

        await bench.Redis.HashSetAsync(bench.Keys.Suspects, "0123abcd", 1);
        await bench.RunAsync();

        var stats = (string)(await bench.Redis.ExecuteAsync("INFO", "commandstats"))!;
        var calls = stats.Split("cmdstat_lrange:calls=")[1].Split(',')[0];
        Assert.That(int.Parse(calls, CultureInfo.InvariantCulture), Is.GreaterThanOrEqualTo(8));
    }

    [Test]
    public async Task Progress_runs_from_nothing_to_all()
    {
        await using var bench = await FsckBench.CreateAsync(fsck: new FsckOptions { PageSize = 5 });
        await bench.Queue.PushAsync([.. Enumerable.Range(0, 50).Select(i => FsckBench.Envelope($"t{i}"))]);
        await bench.Redis.HashSetAsync(bench.Keys.Suspects, "0123abcd", 1);
        var seen = new Seen();

        await bench.RunAsync(progress: seen);

        Assert.That(seen.Shares, Is.Ordered);
        Assert.That(seen.Shares[0], Is.Zero);
        Assert.That(seen.Shares[^1], Is.EqualTo(1));
    }

    [Test]
    public async Task Jobs_that_move_all_the_time_are_no_findings()
    {
        await using var bench = await FsckBench.CreateAsync(new QueueOptions { EnqueueOnceSeconds = 10 });
        await using var traffic = QueueTraffic.Start(bench.Queue);
        var fsck = bench.Fsck(TimeProvider.System);
        var options = new FsckOptions { Repair = true, PageSize = 100, SecondLook = TimeSpan.FromMilliseconds(20) };
        var runs = 0;

        while (runs < 5 || !traffic.HasDoneEverything)
        {
            var report = await fsck.RunAsync(options, progress: null, CancellationToken.None);
            Assert.That(report.Findings, Is.Empty);
            runs++;
        }

        Assert.That(await traffic.StopAsync(), Is.Null, "the traffic itself went well");
    }

    private sealed class Seen : IProgress<FsckProgress>
    {
        public List<double> Shares { get; } = [];

        public void Report(FsckProgress value) => Shares.Add(value.Share);
    }
}
