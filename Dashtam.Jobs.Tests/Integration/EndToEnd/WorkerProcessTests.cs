using System.Text;
using System.Text.Json;
using Dashtam.Jobs.Tests.Support;
using NUnit.Framework;

namespace Dashtam.Jobs.Tests.Integration.EndToEnd;

[Category("Integration")] // one after the other: one of them holds up the Redis that they share
[CancelAfter(120_000)]
internal sealed class WorkerProcessTests
{
    private TestQueue _queue = null!;

    [SetUp]
    public async Task SetUp() => _queue = await TestQueue.CreateAsync();

    [TearDown]
    public async Task TearDown() => await _queue.DisposeAsync();

    [Test]
    public async Task A_job_that_a_Python_producer_pushed_is_run_and_its_result_is_there()
    {
        await using var worker = StartWorker();
        await _queue.PushAsync(Canary.Envelope("my-own-id 1/ä"));

        await worker.UntilAsync(() => HasResultAsync("my-own-id 1/ä"), "a result");

        var result = await ResultAsync("my-own-id 1/ä");
        var summary = result.GetProperty("return_value");
        Assert.That(result.GetProperty("is_err").GetBoolean(), Is.False);
        Assert.That(summary.GetProperty("checked").GetInt32(), Is.EqualTo(1));
        Assert.That(summary.GetProperty("attempt").GetInt32(), Is.EqualTo(1));
        Assert.That(summary.GetProperty("worker").GetString(), Does.Contain($"-{worker.Id}-"));
    }

    [Test]
    public async Task A_job_that_fails_twice_is_tried_three_times_and_has_one_result()
    {
        await using var worker = StartWorker(("JOBS_RETRY_BASE_SECONDS", "0.1"));
        await _queue.PushAsync(Canary.Envelope("retried", failAttempts: 2));

        await worker.UntilAsync(() => HasResultAsync("retried"), "a result");

        var result = await ResultAsync("retried");
        Assert.That(result.GetProperty("return_value").GetProperty("attempt").GetInt32(), Is.EqualTo(3));
        Assert.That(worker.Count("job_retried"), Is.EqualTo(2));
    }

    [Test]
    public async Task Garbage_an_envelope_of_100_MB_and_an_unknown_job_do_not_stop_the_worker_and_are_kept()
    {
        await using var worker = StartWorker();
        await worker.UntilReadyAsync();
        await _queue.PushAsync(
            "garbage"u8.ToArray(),
            new byte[100 * 1024 * 1024],
            Encoding.UTF8.GetBytes("""{"task_id": "u", "task_name": "no_such_job", "labels": {}, "args": [], "kwargs": {}}"""),
            Canary.Envelope("after"));

        await worker.UntilAsync(() => HasResultAsync("after"), "the job behind them has a result");
        await worker.UntilAsync(
            async () => await _queue.Queue.SortedSetLengthAsync(_queue.Keys.Parked) == 1, "the unknown job is parked");

        var dead = await _queue.Queue.HashValuesAsync(_queue.Keys.DeadEntries);
        Assert.That(dead.Select(Reason), Is.EquivalentTo(new[] { "malformed", "too_large" }));
        Assert.That(await _queue.ReadyAsync(), Is.Zero);
    }

    [Test]
    public async Task A_stop_gives_running_jobs_back_with_their_attempt_not_counted_and_exits_with_0()
    {
        await using var worker = StartWorker(("WORKER_DRAIN_SECONDS", "1"), ("WORKER_CANCEL_GRACE_SECONDS", "1"));
        var ignoring = Encoding.UTF8.GetBytes(
            """{"task_id": "ignoring", "task_name": "run_canary", "labels": {}, "args": [], "kwargs": {"sleep_ms": 60000, "ignore_cancellation": true}}""");
        await _queue.PushAsync(Canary.Envelope("slow", sleepMs: 60_000), ignoring);
        await worker.UntilAsync(() => Task.FromResult(worker.Count("job_started") == 2), "both run");

        var exitCode = await worker.TerminateAsync();

        var ready = await _queue.Queue.ListRangeAsync(_queue.Keys.Ready);
        Assert.That(exitCode, Is.Zero, string.Join('\n', worker.Lines));
        Assert.That(
            ready.Select(envelope => (byte[])envelope!),
            Is.EquivalentTo(new[] { Canary.Envelope("slow", sleepMs: 60_000), ignoring }));
        Assert.That(await _queue.Queue.SortedSetLengthAsync(_queue.Keys.Workers), Is.Zero);
    }

    [Test]
    public async Task A_running_job_may_finish_within_the_drain_time()
    {
        await using var worker = StartWorker();
        await _queue.PushAsync(Canary.Envelope("short", sleepMs: 2_000));
        await worker.UntilLoggedAsync("job_started");

        var exitCode = await worker.TerminateAsync();

        Assert.That(exitCode, Is.Zero);
        Assert.That(await HasResultAsync("short"), Is.True);
    }

    [Test]
    public async Task A_job_whose_fetch_reply_was_lost_is_found_and_run()
    {
        await using var worker = StartWorker(("WORKER_LEASE_SECONDS", "8"));
        await worker.UntilReadyAsync();
        var name = (string?)(await _queue.Queue.SortedSetRangeByRankAsync(_queue.Keys.Workers))[0];

        // What Redis does when it serves a waiter whose connection is gone.
        await _queue.Queue.ListLeftPushAsync(_queue.Keys.Processing(name!), Canary.Envelope("stranded"));

        await worker.UntilAsync(() => HasResultAsync("stranded"), "a result", TimeSpan.FromSeconds(25));
        Assert.That(worker.Count("delivery_adopted"), Is.EqualTo(1));
    }

    [Test]
    public async Task A_worker_that_was_paused_for_longer_than_its_lease_writes_nothing_of_what_it_lost_and_goes_on()
    {
        await using var standby = StartWorker(("WORKER_LEASE_SECONDS", "5"));
        await standby.UntilReadyAsync();
        await standby.SignalAsync("STOP");
        await using var paused = StartWorker(("WORKER_LEASE_SECONDS", "5"));
        await paused.UntilReadyAsync();
        await _queue.PushAsync(Canary.Envelope("moved", sleepMs: 3_000));
        await paused.UntilLoggedAsync("job_started");
        await paused.SignalAsync("STOP");
        await standby.SignalAsync("CONT");
        await standby.UntilAsync(() => HasResultAsync("moved"), "the other worker's result", TimeSpan.FromSeconds(40));

        await paused.SignalAsync("CONT");
        await paused.UntilLoggedAsync("worker_recovered");
        await standby.TerminateAsync();
        await _queue.PushAsync(Canary.Envelope("next"));
        await paused.UntilAsync(() => HasResultAsync("next"), "the paused worker works again");

        Assert.That(paused.Count("job_fenced"), Is.EqualTo(1));
        Assert.That((int)await _queue.Queue.HashGetAsync(_queue.Keys.Stats, "run_canary:succeeded"), Is.EqualTo(2));
    }

    [Test]
    public async Task A_handler_that_ignores_its_timeout_costs_one_slot_and_not_the_worker()
    {
        await using var worker = StartWorker(("WORKER_CANCEL_GRACE_SECONDS", "0.2"), WorkerSettings.Concurrency(2));
        await _queue.PushAsync(Encoding.UTF8.GetBytes(
            """{"task_id": "stuck", "task_name": "run_canary", "labels": {"timeout": 0.2, "max_retries": 1}, "args": [], "kwargs": {"sleep_ms": 60000, "ignore_cancellation": true}}"""));
        await worker.UntilAsync(() => HasResultAsync("stuck"), "the stuck job's error result");

        await _queue.PushAsync(Canary.Envelope("next"));
        await worker.UntilAsync(() => HasResultAsync("next"), "the other slot's result");

        Assert.That((await ResultAsync("stuck")).GetProperty("error").GetProperty("exc_type").GetString(), Is.EqualTo("TimeoutError"));
        Assert.That(worker.Count("handler_abandoned"), Is.EqualTo(1));
    }

    [Test]
    public async Task A_Redis_that_producers_filled_to_its_maxmemory_is_drained()
    {
        await using var redis = await TestServices.StartOwnRedisAsync("--maxmemory", "16mb", "--maxmemory-policy", "noeviction");
        await using var queue = await TestQueue.CreateOnAsync(redis.ConnectionString);
        var padding = new string('x', 10_000);
        var pushed = 0;
        Assert.That(
            async () =>
            {
                for (; ; pushed++)
                {
                    await queue.PushAsync(Canary.Envelope($"full-{pushed}", labels: $$"""{"padding": "{{padding}}"}"""));
                }
            },
            Throws.InstanceOf<StackExchange.Redis.RedisServerException>().With.Message.StartsWith("OOM"));

        await using var worker = ServiceProcess.Worker(WorkerSettings.On(queue, redis.ConnectionString));
        await worker.UntilAsync(
            async () => (long)await queue.Queue.HashGetAsync(queue.Keys.Stats, "run_canary:succeeded") == pushed,
            $"all {pushed} jobs have ended");

        Assert.That(pushed, Is.GreaterThan(500));
        Assert.That(await queue.ReadyAsync(), Is.Zero);
    }

    [Test]
    public async Task Every_line_of_its_log_is_a_JSON_object_with_an_event()
    {
        await using var worker = StartWorker();
        await _queue.PushAsync(Canary.Envelope("logged"));
        await worker.UntilAsync(() => HasResultAsync("logged"), "a result");
        await worker.TerminateAsync();

        var succeeded = worker.Events.Single(line => line.GetProperty("event").GetString() == "job_succeeded");
        Assert.That(worker.Lines, Is.All.StartsWith("{"));
        Assert.That(worker.Events.All(line => line.GetProperty("event").GetString()!.Length > 0), Is.True);
        Assert.That(succeeded.GetProperty("job").GetString(), Is.EqualTo("run_canary"));
        Assert.That(succeeded.GetProperty("task_id").GetString(), Is.EqualTo("logged"));
        Assert.That(succeeded.GetProperty("attempt").GetInt32(), Is.EqualTo(1));
        Assert.That(succeeded.GetProperty("elapsed_ms").GetDouble(), Is.GreaterThanOrEqualTo(0));
    }

    private ServiceProcess StartWorker(params (string Name, string Value)[] more) =>
        ServiceProcess.Worker(WorkerSettings.On(_queue, more: more));

    private Task<bool> HasResultAsync(string taskId) => _queue.Queue.KeyExistsAsync(_queue.Keys.Result(taskId));

    private async Task<JsonElement> ResultAsync(string taskId) =>
        JsonDocument.Parse((byte[])(await _queue.Queue.StringGetAsync(_queue.Keys.Result(taskId)))!).RootElement;

    private static string? Reason(StackExchange.Redis.RedisValue entry)
    {
        var bytes = (byte[])entry!;
        using var info = JsonDocument.Parse(bytes.AsMemory(0, Array.IndexOf(bytes, (byte)'\n')));
        return info.RootElement.GetProperty("reason").GetString();
    }
}
