using System.Diagnostics;
using Dashtam.Jobs.Tests.Support;
using NUnit.Framework;

namespace Dashtam.Jobs.Tests.Integration.EndToEnd;

/// <summary>What a worker with nothing to do asks of Redis.</summary>
[Category("Integration")]
[CancelAfter(120_000)]
internal sealed class IdleTests
{
    private const int Waits = 6;

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
}
