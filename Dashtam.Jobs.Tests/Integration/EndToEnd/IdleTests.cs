using System.Diagnostics;
using Dashtam.Jobs.Tests.Support;
using NUnit.Framework;

namespace Dashtam.Jobs.Tests.Integration.EndToEnd;

/// <summary>What a worker and a scheduler with nothing to do ask of Redis.</summary>
[Category("Integration")]
[CancelAfter(120_000)]
internal sealed class IdleTests
{
    private const int Waits = 6;
    private const int Looks = 12; // two a second

    // Two looks at the lists and one for what is due; the rest is the keyspace's turn, the clock, the schedules' registration.
    private const double MostASecondOfScheduler = 10;

    // Most of it is the heartbeat (two a second: ten commands each five) and the looks for dead workers and lost data.
    private const double MostASecond = 6;

    [Test]
    public async Task An_idle_worker_waits_long_and_asks_little()
    {
        await using var redis = await TestServices.StartOwnRedisAsync();
        await using var queue = await TestQueue.CreateOnAsync(redis.ConnectionString);
        await using var worker = ServiceProcess.Worker(WorkerSettings.On(queue, redis.ConnectionString));
        await worker.UntilReadyAsync();
        var server = queue.Queue.Multiplexer.GetServers()[0];
        Task<long> BlmovesAsync() => CommandStats.CallsAsync(server, "blmove");
        await worker.UntilAsync(async () => await BlmovesAsync() > 1, "it waits");

        var (before, started) = (await CommandStats.CallsAsync(server), Stopwatch.GetTimestamp());
        await worker.UntilAsync(
            async () => await BlmovesAsync() >= before["blmove"] + Waits, "it has waited some times", TimeSpan.FromSeconds(90));
        var seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        var after = await CommandStats.CallsAsync(server);

        Assert.That(seconds, Is.GreaterThan((Waits - 1) * 3.5), "each wait lasts four seconds");
        Assert.That(after["client|id"], Is.EqualTo(before["client|id"]), "the connection's id is known");
        Assert.That((after.Values.Sum() - before.Values.Sum()) / seconds, Is.LessThan(MostASecond));
    }

    [Test]
    public async Task An_idle_scheduler_asks_for_all_lists_of_Python_s_entries_at_once_and_waits_for_what_is_due()
    {
        await using var redis = await TestServices.StartOwnRedisAsync();
        await using var queue = await TestQueue.CreateOnAsync(redis.ConnectionString);
        await using var scheduler = ServiceProcess.Scheduler(WorkerSettings.On(queue, redis.ConnectionString));
        await scheduler.UntilReadyAsync();
        var server = queue.Queue.Multiplexer.GetServers()[0];
        Task<long> LooksAsync() => CommandStats.CallsAsync(server, "exists");
        await scheduler.UntilAsync(async () => await LooksAsync() > 1, "it looks");

        var (before, started) = (await CommandStats.CallsAsync(server), Stopwatch.GetTimestamp());
        await scheduler.UntilAsync(async () => await LooksAsync() >= before["exists"] + Looks, "it has looked some times");
        var seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        var after = await CommandStats.CallsAsync(server);

        Assert.That(after.GetValueOrDefault("llen"), Is.EqualTo(before.GetValueOrDefault("llen")), "no list is there");
        Assert.That((after.Values.Sum() - before.Values.Sum()) / seconds, Is.LessThan(MostASecondOfScheduler));
    }
}
