using Dashtam.Jobs.Core.Infrastructure.Redis;
using Dashtam.Jobs.Core.Queue.Leases;
using Dashtam.Jobs.Tests.Support;
using NUnit.Framework;
using StackExchange.Redis;

namespace Dashtam.Jobs.Tests.Integration.Core.Queue.Leases;

[Category("Integration")]
[OnEachServer]
[NonParallelizable] // one of them blocks the thread pool, which is the process's
internal sealed class RedisLeaseTests
{
    private TestQueue _queue = null!;

    [SetUp]
    public async Task SetUp() => _queue = await TestQueue.CreateAsync();

    [TearDown]
    public async Task TearDown() => await _queue.DisposeAsync();

    [Test]
    public async Task A_heartbeat_says_what_the_worker_might_be_stuck_with()
    {
        await _queue.RegisterAsync("w");

        _queue.Lease.Renew("w", new HeartbeatReport(
            1, new OldestRun("id 1", TimeSpan.FromSeconds(60), TimeSpan.FromSeconds(305)), new Dictionary<string, string>(StringComparer.Ordinal)));
        var busy = await AboutAsync("w");
        _queue.Renew("w");
        var idle = await AboutAsync("w");

        var started = DateTimeOffset.FromUnixTimeMilliseconds((long)busy["oldest_started_ms"]);
        Assert.That((string?)busy["oldest_task_id"], Is.EqualTo("id 1"));
        Assert.That((long)busy["oldest_limit_ms"], Is.EqualTo(305_000));
        Assert.That((DateTimeOffset.UtcNow - started).TotalSeconds, Is.InRange(59, 75));
        Assert.That(idle.Keys.Select(key => (string)key!), Has.None.StartsWith("oldest"));
    }

    [Test]
    public async Task What_it_says_of_itself_comes_back_with_the_next_heartbeat_when_it_has_expired()
    {
        await _queue.RegisterAsync("w");
        await _queue.Queue.KeyDeleteAsync(_queue.Keys.Worker("w")); // its lifetime ran out in an outage of Redis

        _queue.Renew("w", running: 3);

        var about = await AboutAsync("w");
        Assert.That(((string?)about["host"], (int)about["running"]), Is.EqualTo(("test", 3)));
    }

    [NotOnGarnet("it is in this process and needs its thread pool")]
    [Test]
    public async Task It_is_renewed_while_every_thread_of_the_pool_is_blocked()
    {
        await using var queue = await TestQueue.CreateOnAsync($"{(await TestServices.RedisAsync()).ConnectionString},syncTimeout=1000");
        await queue.RegisterAsync("w");
        queue.Renew("w");
        Heartbeat? heartbeat = null;
        Exception? library = null;
        var release = new TaskCompletionSource(); // an event would have to outlive the last thread that comes to wait
        var thread = new Thread(() =>
        {
            StarvePool(release.Task);
            heartbeat = queue.Renew("w");
            library = Catch(() => queue.Queue.Ping());
            release.SetResult();
        });

        thread.Start();
        thread.Join();

        Assert.That(heartbeat?.Alive, Is.True);
        Assert.That(library, Is.InstanceOf<TimeoutException>().Or.InstanceOf<RedisException>(), "the pool was starved indeed");
    }

    [NotOnGarnet("CLIENT LIST does not say what a connection called last")]
    [Test]
    public async Task A_connection_that_the_server_closed_between_two_heartbeats_costs_none()
    {
        await _queue.RegisterAsync("w");
        _queue.Renew("w");
        await KillLeaseConnectionsAsync();

        Assert.That(_queue.Renew("w").Alive, Is.True);
    }

    [Test]
    public async Task A_heartbeat_says_what_time_it_is_by_Redis_clock()
    {
        await _queue.RegisterAsync("w");

        var heartbeat = _queue.Renew("w");

        Assert.That((heartbeat.RedisTime - DateTimeOffset.UtcNow).Duration(), Is.LessThan(TimeSpan.FromMinutes(1)));
        Assert.That(_queue.Renew("w").RedisTime, Is.GreaterThanOrEqualTo(heartbeat.RedisTime));
    }

    [Test]
    public async Task A_server_that_went_away_is_an_error_until_it_is_back()
    {
        await using var redis = await TestServices.StartOwnRedisAsync();
        await using var queue = await TestQueue.CreateOnAsync(redis.ConnectionString);
        await queue.RegisterAsync("w");
        queue.Renew("w");

        await redis.StopAsync();
        Assert.That(() => queue.Renew("w"), Throws.InstanceOf<RedisConnectionException>());
        await redis.StartAsync();

        Assert.That(queue.Renew("w").Alive, Is.False, "it answers, and has lost its data");
    }

    [Test]
    public async Task A_server_that_has_forgotten_the_script_is_sent_it_again()
    {
        await _queue.RegisterAsync("w");
        _queue.Renew("w");

        await _queue.Queue.ExecuteAsync("SCRIPT", "FLUSH");

        Assert.That(_queue.Renew("w").Alive, Is.True);
    }

    [Test]
    public void A_server_that_is_not_there_is_an_error_within_the_deadline() => Assert.That(
        () => BlockingRedis.Open(
            new System.Net.IPEndPoint(System.Net.IPAddress.Loopback, LocalCommand.FreePort()), new ConfigurationOptions(),
            TimeSpan.FromSeconds(2)),
        Throws.InstanceOf<RedisConnectionException>());

    [NotOnGarnet("it is embedded without users (ACL)")]
    [Test]
    public async Task It_authenticates_and_selects_its_database()
    {
        await using var redis = await TestServices.StartOwnRedisAsync();
        await using var multiplexer = await ConnectionMultiplexer.ConnectAsync(redis.ConnectionString);
        await multiplexer.GetDatabase().ExecuteAsync("ACL", "SETUSER", "jobs", "on", ">se:cret", "~*", "&*", "+@all");
        await multiplexer.GetDatabase(3).StringSetAsync("here", "3");
        var configuration = ConfigurationOptions.Parse("nowhere,user=jobs,password=se:cret,defaultDatabase=3");

        using var connection = BlockingRedis.Open(
            multiplexer.GetEndPoints()[0], configuration, TimeSpan.FromSeconds(5));

        Assert.That(connection.Execute(["ACL"u8.ToArray(), "WHOAMI"u8.ToArray()]), Is.EqualTo("jobs"u8.ToArray()));
        Assert.That(connection.Execute(["GET"u8.ToArray(), "here"u8.ToArray()]), Is.EqualTo("3"u8.ToArray()));
    }

    private static void StarvePool(Task release)
    {
        ThreadPool.GetMaxThreads(out var most, out _);
        var blocked = Math.Min(most, 2_000);
        for (var i = 0; i < blocked; i++)
        {
            ThreadPool.UnsafeQueueUserWorkItem(_ => release.Wait(), null);
        }
    }

    private static Exception? Catch(Action action)
    {
        try
        {
            action();
            return null;
        }
        catch (Exception error) when (RedisFailure.Is(error))
        {
            return error;
        }
    }

    private async Task KillLeaseConnectionsAsync()
    {
        // The lease's connection is the one that has called nothing but the heartbeat's script.
        var clients = (string)(await _queue.Queue.ExecuteAsync("CLIENT", "LIST"))!;
        var own = (long)await _queue.Queue.ExecuteAsync("CLIENT", "ID");
        foreach (var line in clients.Split('\n').Where(line => line.Contains("cmd=evalsha", StringComparison.Ordinal)
            || line.Contains("cmd=eval ", StringComparison.Ordinal)))
        {
            var id = line.Split(' ')[0]["id=".Length..];
            if (id != own.ToString(System.Globalization.CultureInfo.InvariantCulture))
            {
                await _queue.Queue.ExecuteAsync("CLIENT", "KILL", "ID", id);
            }
        }
    }

    private async Task<Dictionary<RedisValue, RedisValue>> AboutAsync(string worker) =>
        (await _queue.Queue.HashGetAllAsync(_queue.Keys.Worker(worker))).ToDictionary(entry => entry.Name, entry => entry.Value);
}
