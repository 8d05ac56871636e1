using Dashtam.Jobs.Tests.Support;
using NUnit.Framework;
using StackExchange.Redis;

namespace Dashtam.Jobs.Tests.Integration.EndToEnd;

/// <summary>The password of Redis changes while the processes run, and their connections are closed.</summary>
[Category("Integration")]
[CancelAfter(120_000)]
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

        Assert.That(string.Join('\n', worker.Lines), Does.Contain("Cannot renew this worker's lease: WRONGPASS"));

        await server.ExecuteAsync("CONFIG", "SET", "requirepass", "old");
        await worker.UntilReadyAsync();
        await scheduler.UntilReadyAsync();
    }

    [Test]
    public async Task A_password_that_is_wrong_from_the_start_is_named_as_that_and_nothing_is_said_of_jobs_at_the_stop()
    {
        await using var redis = await TestServices.StartOwnRedisAsync();
        await using var queue = await TestQueue.CreateOnAsync(redis.ConnectionString);
        await using var admin = await ConnectionMultiplexer.ConnectAsync($"{redis.ConnectionString},allowAdmin=true");
        await admin.GetDatabase().ExecuteAsync("CONFIG", "SET", "requirepass", "right");
        await using var worker = ServiceProcess.Worker(WorkerSettings.On(queue, $"{redis.ConnectionString},password=wrong"));

        await worker.UntilLoggedAsync("redis_login_refused");
        await worker.UntilLoggedAsync("wake_not_subscribed");
        var code = await worker.TerminateAsync();

        Assert.That(code, Is.Zero);
        Assert.That(
            worker.Events.Select(line => line.GetProperty("event").GetString()),
            Has.None.AnyOf("redis_unreachable", "drain_started", "drain_ended", "give_back_failed", "worker_departed", "worker_not_departed"));
        Assert.That(worker.Events.Select(line => line.GetProperty("message").GetString()), Has.None.Contains(".."));
    }
}
