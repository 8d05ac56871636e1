using Dashtam.Jobs.Core.Queue;
using Dashtam.Jobs.Core.Queue.Fsck;
using Dashtam.Jobs.Core.Queue.Leases;
using NUnit.Framework;
using StackExchange.Redis;

namespace Dashtam.Jobs.Tests.Support;

/// <summary>A queue to break, and what finds it.</summary>
internal sealed class FsckBench(TestQueue queue, LeaseOptions lease) : IAsyncDisposable
{
    public TestQueue Queue => queue;

    public QueueKeys Keys => queue.Keys;

    public IDatabase Redis => queue.Queue;

    /// <summary>How it is checked; pauses take no time on the bench.</summary>
    public FsckOptions Options { get; init; } = new();

    /// <summary>What happens while fsck pauses before its second look.</summary>
    public Action DuringPause { get; set; } = () => { };

    public static async Task<FsckBench> CreateAsync(QueueOptions? options = null, FsckOptions? fsck = null)
    {
        var lease = new LeaseOptions();
        return new FsckBench(await TestQueue.CreateAsync(options, lease), lease) { Options = fsck ?? new FsckOptions() };
    }

    public static byte[] Envelope(string taskId) => System.Text.Encoding.UTF8.GetBytes(
        $$$"""{"task_id": "{{{taskId}}}", "task_name": "run_canary", "labels": {}, "args": [], "kwargs": {}}""");

    public static byte[] Member(long number, byte[] envelope) =>
        [.. System.Text.Encoding.UTF8.GetBytes(string.Create(null, $"{number}|")), .. envelope];

    /// <summary>Redis' clock, in ms.</summary>
    public async Task<long> NowAsync() =>
        ((DateTimeOffset)await Redis.Multiplexer.GetServers()[0].TimeAsync()).ToUnixTimeMilliseconds();

    public Task<FsckReport> RunAsync(bool repair = false, IProgress<FsckProgress>? progress = null) =>
        Fsck(new InstantPauses(() => DuringPause())).RunAsync(
            Options with { Repair = repair }, progress, CancellationToken.None);

    public QueueFsck Fsck(TimeProvider time) => new(
        queue, queue.Keys, queue.Registry, Microsoft.Extensions.Options.Options.Create(queue.Options),
        Microsoft.Extensions.Options.Options.Create(lease), time);

    /// <summary>Checks that this and nothing else is found and named, that a repair mends it, and that nothing is left then.</summary>
    public async Task FindsAndRepairsAsync(FindingKind kind, RedisKey key, string detail)
    {
        var found = await RunAsync();
        var repaired = await RunAsync(repair: true);
        var after = await RunAsync();

        Assert.That(found.Counts, Is.EqualTo(new[] { new FindingCount(kind, Found: 1, Repaired: 0) }));
        Assert.That(found.Findings.Single().Key, Is.EqualTo($"{key}"));
        Assert.That(found.Findings.Single().Detail, Does.Contain(detail));
        Assert.That(repaired.Counts, Is.EqualTo(new[] { new FindingCount(kind, Found: 1, Repaired: 1) }));
        Assert.That(repaired.IsClean, Is.True);
        Assert.That(after.Counts, Is.Empty);
    }

    /// <summary>Checks that this and nothing else is found and named, and that a repair leaves it alone.</summary>
    public async Task OnlyNamesAsync(FindingKind kind, RedisKey key, string detail)
    {
        await RunAsync(repair: true);
        var found = await RunAsync(repair: true);

        Assert.That(found.Counts, Is.EqualTo(new[] { new FindingCount(kind, Found: 1, Repaired: 0) }));
        Assert.That(found.Findings.Single().Key, Is.EqualTo($"{key}"));
        Assert.That(found.Findings.Single().Detail, Does.Contain(detail));
        Assert.That(found.IsClean, Is.EqualTo(kind.IsWarning()));
    }

    public ValueTask DisposeAsync() => queue.DisposeAsync();

    /// <summary>A clock whose pauses end at once, after something has happened in them.</summary>
    private sealed class InstantPauses(Action during) : TimeProvider
    {
        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            during();
            return base.CreateTimer(callback, state, TimeSpan.Zero, period);
        }
    }
}
