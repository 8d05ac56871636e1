using Dashtam.Jobs.Tests.Support;
using NUnit.Framework;
using StackExchange.Redis;

namespace Dashtam.Jobs.Tests.Integration.EndToEnd;

/// <summary>The password of Redis changes while the processes run, and their connections are closed.</summary>
[Category("Integration")]
[CancelAfter(120_000)]
[Parallelizable] // it waits most of the time, on a Redis of its own
internal sealed class ChangedPasswordTests
{
    [Test]
    public async Task The_log_and_health_say_that_Redis_refuses_the_login_until_it_does_not()
    {
        await using var redis = await TestServices.StartOwnRedisAsync();
        await using var queue = await TestQueue.CreateOnAsync(redis.ConnectionString);
        await using var admin = await ConnectionMultiplexer.ConnectAsync($"{redis.ConnectionString},allowAdmin=true");
        var server = admin.GetDatabase();
        await server.ExecuteAsync("CONFIG", "SET", "requirepass", "old");
        var settings = WorkerSettings.On(queue, $"{redis.ConnectionString},password=old", more: [("WORKER_LEASE_SECONDS", "5")]);
        await using var worker = ServiceProcess.Worker(settings);
        await using var scheduler = ServiceProcess.Scheduler(settings);
        await worker.UntilReadyAsync();
        await scheduler.UntilReadyAsync();

        await server.ExecuteAsync("CONFIG", "SET", "requirepass", "new");
        await server.ExecuteAsync("CLIENT", "KILL", "TYPE", "pubsub");
        await server.ExecuteAsync("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes");

        foreach (var process in new[] { worker, scheduler })
        {
            await process.UntilLoggedAsync("redis_login_refused");
            await process.UntilAsync(async () => (await process.HealthAsync()).Contains("WRONGPASS", StringComparison.Ordinal), "health that says why");
        }

        Assert.That(string.Join('\n', worker.Lines), Does.Contain("The heartbeat does not reach Redis: WRONGPASS"));

        await server.ExecuteAsync("CONFIG", "SET", "requirepass", "old");
        await worker.UntilReadyAsync();
        await scheduler.UntilReadyAsync();
    }
}
