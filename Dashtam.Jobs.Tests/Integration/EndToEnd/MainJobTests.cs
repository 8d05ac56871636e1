using System.Collections.Concurrent;
using System.Text.Json;
using Dashtam.Jobs.Tests.Support;
using Dashtam.Jobs.Tests.Unit.Core.Wire;
using Npgsql;
using NUnit.Framework;
using StackExchange.Redis;

namespace Dashtam.Jobs.Tests.Integration.EndToEnd;

/// <summary>The main job on real input: a scheduler, two workers, a real Redis and PostgreSQL with the seed's rows.</summary>
[Category("Integration")]
[OnEachServer] // one after the other: on Garnet, which they share, each would hear the notices of the other
[CancelAfter(180_000)]
internal sealed class MainJobTests
{
    private const int ExpiringTokens = 8; // run within 4 minutes after loading: the seed's comments
    private const int ExpiringSessions = 6;

    private OwnRedis _redis = null!;
    private NpgsqlDataSource _database = null!;
    private TestQueue _queue = null!;
    private ConnectionMultiplexer _listener = null!;
    private readonly ConcurrentQueue<JsonElement> _received = new();

    [SetUp]
    public async Task SetUp()
    {
        _database = await TestServices.CreatePostgresDatabaseAsync();
        await using (var seed = _database.CreateCommand(await File.ReadAllTextAsync(
            Path.Combine(AppContext.BaseDirectory, "sql", "02-seed.sql"))))
        {
            await seed.ExecuteNonQueryAsync();
        }

        _redis = await TestServices.StartOwnRedisAsync();
        _queue = await TestQueue.CreateOnAsync(_redis.ConnectionString);
        _listener = await ConnectionMultiplexer.ConnectAsync(_redis.ConnectionString);
    }

    [TearDown]
    public ValueTask TearDown() => Disposal.DisposeAllAsync(_listener, _queue, _redis, _database);

    [Test]
    public async Task Each_expiring_row_is_announced_to_its_user_exactly_once_when_somebody_listens()
    {
        await using var scheduler = ServiceProcess.Scheduler(Settings(
            ("TOKEN_CHECK_CRON", "*/3 * * * * *"), ("SESSION_CHECK_CRON", "1/3 * * * * *")));
        await using var first = ServiceProcess.Worker(Settings());
        await using var second = ServiceProcess.Worker(Settings());

        // Only a monitoring tool listens: nothing counts as notified.
        var patterns = new ConcurrentQueue<string>();
        await _listener.GetSubscriber().SubscribeAsync(
            RedisChannel.Pattern("sse:*"), (channel, _) => patterns.Enqueue(channel!));
        var unheard = await NextSummaryAsync(scheduler, "check_expiring_tokens");

        foreach (var user in (int[])[1, 2, 3])
        {
            await _listener.GetSubscriber().SubscribeAsync(
                RedisChannel.Literal($"sse:user:5eed0000-0000-7000-8000-00000000000{user}"),
                (_, message) => _received.Enqueue(JsonDocument.Parse((byte[])message!).RootElement));
        }

        await first.UntilAsync(
            () => Task.FromResult(_received.Count == ExpiringTokens + ExpiringSessions), "an event per expiring row");
        var later = await NextSummaryAsync(scheduler, "check_expiring_tokens");
        var laterSessions = await NextSummaryAsync(scheduler, "check_expiring_sessions");

        AssertCounts(unheard, expired: 2, new(Checked: 11, ExpiringTokens, Notified: 0, AlreadyNotified: 0, ExpiringTokens));
        AssertCounts(later, expired: 2, new(Checked: 11, ExpiringTokens, Notified: 0, ExpiringTokens, Undelivered: 0));
        AssertCounts(
            laterSessions, expired: null, new(Checked: 8, ExpiringSessions, Notified: 0, ExpiringSessions, Undelivered: 0));
        AssertOneEventEach();
        Assert.That(patterns, Is.Not.Empty, "the monitoring tool was there");
    }

    [Test]
    public async Task A_message_of_the_Python_client_on_the_list_of_production_runs_the_job_and_its_result_is_where_Python_looks()
    {
        const string TaskId = "0a07b50e237e4a0dbe7f65d3b8ba1f22"; // the fixture's
        await using var worker = ServiceProcess.Worker(
            ("REDIS_URL", _redis.ConnectionString), ("DATABASE_URL", _database.ConnectionString));

        await _queue.Queue.ListLeftPushAsync("dashtam:jobs", WireFixtures.Bytes("message-check-expiring-tokens.json"));
        await worker.UntilAsync(() => _queue.Queue.KeyExistsAsync($"taskiq:result:{TaskId}"), "a result");

        var result = JsonDocument.Parse((byte[])(await _queue.Queue.StringGetAsync($"taskiq:result:{TaskId}"))!).RootElement;
        string[] fields = ["is_err", "log", "return_value", "execution_time", "labels", "error"];
        Assert.That(result.EnumerateObject().Select(field => field.Name), Is.EqualTo(fields));
        Assert.That(result.GetProperty("is_err").GetBoolean(), Is.False, result.GetRawText());
        AssertCounts(
            result.GetProperty("return_value"), expired: 2,
            new(Checked: 11, ExpiringTokens, Notified: 0, AlreadyNotified: 0, ExpiringTokens));
        Assert.That(await _queue.Queue.ListLengthAsync("dashtam:jobs"), Is.Zero);
    }

    private void AssertOneEventEach()
    {
        var rows = _received.Select(notice => notice.GetProperty("data")).Select(data =>
            data.TryGetProperty("connection_id", out var connection) ? connection.GetString() : data.GetProperty("session_id").GetString());
        string[] fields = ["event_id", "event_type", "user_id", "data", "occurred_at"];

        Assert.That(_received, Has.Count.EqualTo(ExpiringTokens + ExpiringSessions), "and no more since");
        Assert.That(rows, Is.Unique);
        Assert.That(
            _received.Select(notice => notice.EnumerateObject().Select(field => field.Name)), Is.All.EqualTo(fields));
        Assert.That(
            _received.Count(notice => notice.GetProperty("event_type").GetString() == "provider.token.expiring"),
            Is.EqualTo(ExpiringTokens));
    }

    private static void AssertCounts(JsonElement summary, int? expired, Counts counts)
    {
        Assert.That(
            new Counts(
                Count(summary, "checked"), Count(summary, "expiring"), Count(summary, "notified"),
                Count(summary, "already_notified"), Count(summary, "undelivered")),
            Is.EqualTo(counts));
        Assert.That(Count(summary, "errors"), Is.Zero);
        Assert.That(Count(summary, "processed"), Is.EqualTo(counts.Expiring));
        if (expired is { } past)
        {
            Assert.That(Count(summary, "expired"), Is.EqualTo(past));
        }
    }

    /// <summary>The summary of a run that is fired from now on, as dashtam-api reads it.</summary>
    private async Task<JsonElement> NextSummaryAsync(ServiceProcess scheduler, string job)
    {
        var before = Fired(scheduler, job).Count;
        await scheduler.UntilAsync(() => Task.FromResult(Fired(scheduler, job).Count > before), $"{job} fires");
        var key = _queue.Keys.Result(Fired(scheduler, job)[before]);
        await scheduler.UntilAsync(() => _queue.Queue.KeyExistsAsync(key), $"{job} has a result");
        var result = JsonDocument.Parse((byte[])(await _queue.Queue.StringGetAsync(key))!).RootElement;
        Assert.That(result.GetProperty("is_err").GetBoolean(), Is.False, result.GetRawText());
        return result.GetProperty("return_value");
    }

    private static List<string> Fired(ServiceProcess scheduler, string job) =>
    [
        .. scheduler.Events
            .Where(line => line.GetProperty("event").GetString() == "schedule_fired" && line.GetProperty("job").GetString() == job)
            .Select(line => line.GetProperty("task_id").GetString()!),
    ];

    private (string Name, string Value)[] Settings(params (string Name, string Value)[] more) =>
        WorkerSettings.On(_queue, _redis.ConnectionString, _database.ConnectionString, more);

    private static int Count(JsonElement summary, string name) => summary.GetProperty(name).GetInt32();

    private sealed record Counts(int Checked, int Expiring, int Notified, int AlreadyNotified, int Undelivered);
}
