using System.Globalization;
using System.Text;
using System.Text.Json;
using Dashtam.Jobs.Core.Infrastructure.Redis;
using Dashtam.Jobs.Core.Queue;
using Dashtam.Jobs.Core.Wire;
using Dashtam.Jobs.Tests.Support;
using NUnit.Framework;

namespace Dashtam.Jobs.Tests.Integration.EndToEnd;

/// <summary>
/// The connection is cut between a script and its reply, for every script in turn: no job is stranded, none is enqueued twice,
/// no finished one is called fenced.
/// </summary>
[Category("Integration")]
[CancelAfter(120_000)]
internal sealed class LostReplyTests
{
    private const string Never = "0 0 12 1 1 ? 2098";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(40);

    /// <summary>How each script comes to run.</summary>
    private static readonly Dictionary<string, Func<LostReplyTests, Task>> Drivers = new(StringComparer.Ordinal)
    {
        ["enqueue.lua"] = test => test.EnqueueAsync(),
        ["enqueue_delayed.lua"] = test => test.EnqueueDelayedAsync(),
        ["fetch.lua"] = test => test.FetchAsync(),
        ["finish.lua"] = test => test.FinishAsync(),
        ["retry.lua"] = test => test.RetryAsync(),
        ["dead_letter.lua"] = test => test.DeadLetterAsync(),
        ["park.lua"] = test => test.ParkAsync(),
        ["unpark.lua"] = test => test.UnparkAsync(),
        ["give_back.lua"] = test => test.GiveBackAsync(),
        ["heartbeat.lua"] = test => test.HeartbeatAsync(),
        ["register_worker.lua"] = test => test.RegisterWorkerAsync(),
        ["find_stale.lua"] = test => test.FindStaleAsync(),
        ["recover.lua"] = test => test.RecoverAsync(),
        ["depart.lua"] = test => test.DepartAsync(),
        ["register_schedule.lua"] = test => test.RegisterScheduleAsync(),
        ["fire.lua"] = test => test.FireAsync(),
    };

    private OwnRedis _redis = null!;
    private TestQueue _queue = null!;
    private FaultProxy _proxy = null!;

    public static IEnumerable<string> Scripts => Drivers.Keys;

    [SetUp]
    public async Task SetUp()
    {
        _redis = await TestServices.StartOwnRedisAsync();
        _queue = await TestQueue.CreateOnAsync(_redis.ConnectionString);
        _proxy = new FaultProxy(_redis.ConnectionString);
    }

    [TearDown]
    public async Task TearDown()
    {
        if (_proxy is not null)
        {
            await _proxy.DisposeAsync();
        }

        await Disposal.DisposeAllAsync(_queue, _redis);
    }

    [TestCaseSource(nameof(Scripts))]
    public Task Work_goes_on_when_the_reply_is_lost_of(string script) => Drivers[script](this);

    [Test]
    public void Every_script_of_the_queue_is_tried() => Assert.That(
        Sources.Files("Dashtam.Jobs.Core/Queue", "*.lua")
            .Where(file => File.ReadAllText(file).Contains("KEYS[1]", StringComparison.Ordinal)).Select(Path.GetFileName),
        Is.EquivalentTo(Scripts));

    [Test]
    public async Task A_job_is_adopted_when_the_reply_of_BLMOVE_is_lost()
    {
        _proxy.LoseReplyTo(reply: "run_canary", "BLMOVE");
        await using var worker = StartWorker();
        await worker.UntilReadyAsync();

        await _queue.PushAsync(Canary.Envelope("waited for"));
        await LostAsync();

        await UntilSucceededAsync(worker, "waited for");
        Assert.That(worker.Count("delivery_adopted"), Is.EqualTo(1));
    }

    private async Task EnqueueAsync()
    {
        await using var producer = await TestQueue.CreateOnAsync(_proxy.ConnectionString, like: _queue);
        await LoseAsync("enqueue.lua");

        var enqueued = await producer.Producer.EnqueueAsync(Envelope("once"), TimeSpan.Zero, CancellationToken.None);

        await LostAsync();
        Assert.That(enqueued, Is.True);
        Assert.That(await _queue.ReadyAsync(), Is.EqualTo(1));
    }

    private async Task EnqueueDelayedAsync()
    {
        await using var producer = await TestQueue.CreateOnAsync(_proxy.ConnectionString, like: _queue);
        await LoseAsync("enqueue_delayed.lua");

        var enqueued = await producer.Producer.EnqueueAsync(Envelope("once"), TimeSpan.FromHours(1), CancellationToken.None);

        await LostAsync();
        Assert.That(enqueued, Is.True);
        Assert.That(await _queue.Queue.SortedSetLengthAsync(_queue.Keys.Delayed), Is.EqualTo(1));
    }

    private async Task FetchAsync()
    {
        string[] ids = ["one", "two", "three", "four", "five"];
        await using var worker = await StartReadyWorkerAsync();
        await LoseAsync("fetch.lua", reply: "run_canary");

        await _queue.PushAsync([.. ids.Select(id => Canary.Envelope(id))]); // the wait takes one, the next fetch the others
        await LostAsync();

        await UntilSucceededAsync(worker, ids);
        Assert.That(worker.Count("delivery_adopted"), Is.GreaterThanOrEqualTo(1));
    }

    private async Task FinishAsync()
    {
        await using var worker = await StartReadyWorkerAsync();
        await LoseAsync("finish.lua");

        await _queue.PushAsync(Canary.Envelope("finished"));
        await LostAsync();

        await worker.UntilLoggedAsync("job_succeeded");
        await UntilSucceededAsync(worker, "finished");
    }

    private async Task RetryAsync()
    {
        await using var worker = await StartReadyWorkerAsync();
        await LoseAsync("retry.lua");

        await _queue.PushAsync(Canary.Envelope("retried", failAttempts: 1));
        await LostAsync();

        await UntilSucceededAsync(worker, "retried");
        Assert.That(await CountAsync("run_canary:retried"), Is.EqualTo(1));
    }

    private async Task DeadLetterAsync()
    {
        await using var worker = await StartReadyWorkerAsync();
        await LoseAsync("dead_letter.lua");

        await _queue.PushAsync(Canary.Envelope("failed", failAttempts: 99));
        await LostAsync();

        await worker.UntilLoggedAsync("job_failed");
        Assert.That(await _queue.Queue.SortedSetLengthAsync(_queue.Keys.Dead), Is.EqualTo(1));
        Assert.That(await CountAsync("run_canary:dead_lettered"), Is.EqualTo(1));
        await AssertNothingIsHeldAsync(worker);
    }

    private async Task ParkAsync()
    {
        await using var worker = await StartReadyWorkerAsync();
        await LoseAsync("park.lua");

        await _queue.PushAsync(Encoding.UTF8.GetBytes(
            """{"task_id": "u", "task_name": "no_such_job", "labels": {}, "args": [], "kwargs": {}}"""));
        await LostAsync();

        await RunAnotherAsync(worker);
        Assert.That(await _queue.Queue.SortedSetLengthAsync(_queue.Keys.Parked), Is.EqualTo(1));
        Assert.That(await CountAsync("unknown:put_aside"), Is.EqualTo(1));
        await AssertNothingIsHeldAsync(worker);
    }

    private async Task UnparkAsync()
    {
        await using var worker = await StartReadyWorkerAsync();
        await LoseAsync("unpark.lua");

        await _queue.Queue.SortedSetAddAsync(_queue.Keys.Parked, (byte[])[.. "1|"u8, .. Canary.Envelope("unparked")], 1);
        await LostAsync();

        await UntilSucceededAsync(worker, "unparked");
        Assert.That(await _queue.Queue.SortedSetLengthAsync(_queue.Keys.Parked), Is.Zero);
    }

    private async Task GiveBackAsync()
    {
        await using var worker = await StartReadyWorkerAsync(("WORKER_DRAIN_SECONDS", "0"));
        await _queue.PushAsync(Canary.Envelope("given back", sleepMs: 60_000));
        await worker.UntilLoggedAsync("job_started");
        await LoseAsync("give_back.lua");

        Assert.That(await worker.TerminateAsync(), Is.Zero);

        await LostAsync();
        Assert.That(await _queue.ReadyAsync(), Is.EqualTo(1));
        await AssertNothingIsHeldAsync(worker);
    }

    private async Task HeartbeatAsync()
    {
        await using var worker = await StartReadyWorkerAsync();
        await LoseAsync("heartbeat.lua");
        await LostAsync();

        await RunAnotherAsync(worker);
        Assert.That(worker.Count("worker_recovered"), Is.Zero);
    }

    private async Task RegisterWorkerAsync()
    {
        await LoseAsync("register_worker.lua");
        await using var worker = await StartReadyWorkerAsync();
        await LostAsync();

        await RunAnotherAsync(worker);
        Assert.That(await _queue.Queue.SortedSetLengthAsync(_queue.Keys.Workers), Is.EqualTo(1));
    }

    private async Task FindStaleAsync()
    {
        await using var worker = await StartReadyWorkerAsync(("WORKER_LEASE_SECONDS", "5"));
        await LoseAsync("find_stale.lua");
        await LostAsync();

        await RunAnotherAsync(worker);
    }

    private async Task RecoverAsync()
    {
        await using var worker = await StartReadyWorkerAsync(("WORKER_LEASE_SECONDS", "5"));
        await LoseAsync("recover.lua");

        var held = Canary.Envelope("recovered");
        await _queue.Queue.ListLeftPushAsync(_queue.Keys.Processing("dead"), held);
        await _queue.LetLeaseRunOutAsync("dead");
        await LostAsync();

        await UntilSucceededAsync(worker, "recovered");
    }

    private async Task DepartAsync()
    {
        await using var worker = await StartReadyWorkerAsync();
        await LoseAsync("depart.lua");

        Assert.That(await worker.TerminateAsync(), Is.Zero);

        await LostAsync();
        Assert.That(await _queue.Queue.SortedSetLengthAsync(_queue.Keys.Workers), Is.Zero);
    }

    private async Task RegisterScheduleAsync()
    {
        await LoseAsync("register_schedule.lua");
        await using var scheduler = StartScheduler(Never);
        await LostAsync();

        await scheduler.UntilReadyAsync();
        Assert.That(await _queue.Queue.HashLengthAsync(_queue.Keys.Schedules), Is.EqualTo(2));
    }

    private async Task FireAsync()
    {
        await using var scheduler = StartScheduler("0/2 * * * * *");
        await scheduler.UntilLoggedAsync("schedule_fired");
        var first = scheduler.Events.First(line => line.GetProperty("event").GetString() == "schedule_fired");
        await LoseAsync("fire.lua");
        await LostAsync();
        var fired = scheduler.Count("schedule_fired");
        await scheduler.UntilAsync(() => Task.FromResult(scheduler.Count("schedule_fired") > fired + 1), "it fires on");

        await scheduler.TerminateAsync();

        var last = DateTimeOffset.FromUnixTimeSeconds(
            (long)await _queue.Queue.HashGetAsync(_queue.Keys.Fired, "check_expiring_tokens"));
        var instants = ((last - Instant(first)).TotalSeconds / 2) + 1;
        Assert.That(await _queue.ReadyAsync(), Is.EqualTo(instants), "one job for each instant");
    }

    private ServiceProcess StartWorker(params (string Name, string Value)[] more) => ServiceProcess.Worker(
        WorkerSettings.On(_queue, _proxy.ConnectionString, more: [("JOBS_RETRY_BASE_SECONDS", "0.05"), .. more]));

    private async Task<ServiceProcess> StartReadyWorkerAsync(params (string Name, string Value)[] more)
    {
        var worker = StartWorker(more);
        await worker.UntilReadyAsync();
        return worker;
    }

    private ServiceProcess StartScheduler(string cron) => ServiceProcess.Scheduler(WorkerSettings.On(
        _queue, _proxy.ConnectionString, more: [("TOKEN_CHECK_CRON", cron), ("SESSION_CHECK_CRON", Never)]));

    /// <summary>The library sends a script's text the first time, and its SHA-1 from then on.</summary>
    private async Task LoseAsync(string script, string reply = "")
    {
        var text = RedisScript.Load(script).Text;
        var sha = await _queue.Queue.Multiplexer.GetServers()[0].ScriptLoadAsync(text);
        _proxy.LoseReplyTo(reply, text.Split('\n')[0], Convert.ToHexStringLower(sha));
    }

    private Task LostAsync() => _proxy.ReplyLost.WaitAsync(Patience);

    private async Task RunAnotherAsync(ServiceProcess worker)
    {
        await _queue.PushAsync(Canary.Envelope("another"));
        await UntilSucceededAsync(worker, "another");
    }

    private async Task UntilSucceededAsync(ServiceProcess worker, params string[] ids)
    {
        foreach (var id in ids)
        {
            await worker.UntilAsync(() => _queue.Queue.KeyExistsAsync(_queue.Keys.Result(id)), $"a result of {id}", Patience);
        }

        Assert.That(await CountAsync("run_canary:succeeded"), Is.EqualTo(ids.Length), "each result was stored once");
        await AssertNothingIsHeldAsync(worker);
    }

    private async Task AssertNothingIsHeldAsync(ServiceProcess worker)
    {
        var server = _queue.Queue.Multiplexer.GetServers()[0];
        await foreach (var list in server.KeysAsync(pattern: "*:processing:*"))
        {
            Assert.Fail($"{list} holds a job");
        }

        Assert.That(worker.Count("job_fenced"), Is.Zero);
    }

    private async Task<long> CountAsync(string counter) => (long)await _queue.Queue.HashGetAsync(_queue.Keys.Stats, counter);

    private static JobEnvelope Envelope(string id) =>
        new() { TaskId = id, TaskName = "run_canary", Labels = JobLabels.Empty };

    private static DateTimeOffset Instant(JsonElement line) =>
        DateTimeOffset.Parse(line.GetProperty("instant").GetString()!, CultureInfo.InvariantCulture);
}
