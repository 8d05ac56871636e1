using System.Text;
using Dashtam.Jobs.Core.Queue;
using Dashtam.Jobs.Core.Queue.Producing;
using Dashtam.Jobs.Core.Wire;
using Dashtam.Jobs.Core.Wire.Pickles;
using Dashtam.Jobs.Tests.Support;
using NUnit.Framework;
using StackExchange.Redis;

namespace Dashtam.Jobs.Tests.Integration.EndToEnd;

/// <summary>A Redis Cluster of three nodes: every key of a queue lies in one slot, and the processes find it.</summary>
[Category("Integration")]
[CancelAfter(180_000)]
[Parallelizable(ParallelScope.All)] // they wait most of the time, each on a Redis of its own
internal sealed class ClusterTests
{
    private RedisCluster _redis = null!;
    private TestQueue _queue = null!;

    [SetUp]
    public async Task SetUp()
    {
        _redis = await TestServices.StartClusterAsync();
        _queue = await TestQueue.CreateOnAsync(_redis.ConnectionString);
    }

    [TearDown]
    public ValueTask TearDown() => Disposal.DisposeAllAsync(_queue, _redis);

    [Test]
    public async Task A_job_lives_its_whole_life_on_a_cluster()
    {
        const string Retry = """{"retry_on_error": true, "max_retries": 2}""";
        await using var scheduler = ServiceProcess.Scheduler(Settings(
            ("TOKEN_CHECK_CRON", "0/2 * * * * *"), ("SESSION_CHECK_CRON", WorkerSettings.Never)));
        await using var worker = ServiceProcess.Worker(Settings(("WORKER_LEASE_SECONDS", "5"), ("JOBS_RETRY_BASE_SECONDS", "0.1")));
        await worker.UntilReadyAsync();
        await scheduler.UntilReadyAsync();
        await _queue.Queue.ListLeftPushAsync(_queue.Keys.Processing("dead"), Canary.Envelope("recovered"));
        await _queue.LetLeaseRunOutAsync("dead");

        await _queue.PushAsync(
            Canary.OfTaskiq("finished"), Canary.Envelope("retried", failAttempts: 1, labels: Retry),
            Canary.OfTaskiq("dead", failAttempts: 9), Encoding.UTF8.GetBytes("""
                {"task_id": "unknown", "task_name": "no_such_job", "labels": {}, "args": [], "kwargs": {}}
                """));
        await _queue.Queue.SortedSetAddAsync(
            _queue.Keys.Parked, (byte[])[.. "0|"u8, .. Canary.Envelope("unparked")], DateTimeOffset.UtcNow.ToUnixTimeMilliseconds());

        foreach (var id in (string[])["finished", "retried", "dead", "recovered", "unparked"])
        {
            await worker.UntilAsync(() => _queue.Queue.KeyExistsAsync(_queue.Keys.Result(id)), $"a result of {id}");
        }

        foreach (var bare in (string[])["finished", "dead"])
        {
            await worker.UntilAsync(async () => PickleReader.IsPickle((byte[]?)await _queue.Queue.StringGetAsync(bare) ?? []), "a pickle");
        }

        Assert.That(await _queue.Queue.KeyExistsAsync("retried"), Is.False, "no TaskIQ client sent it");
        await worker.UntilAsync(async () => await _queue.Queue.SortedSetLengthAsync(_queue.Keys.Parked) == 1, "one is parked");
        await scheduler.UntilLoggedAsync("schedule_fired");
        await worker.UntilAsync(() => Task.FromResult(HasStarted(worker, "check_expiring_tokens")), "the fired job runs");
        Assert.That(worker.Lines.Concat(scheduler.Lines), Has.None.Contains("CROSSSLOT"));
        Assert.That(await worker.TerminateAsync(), Is.Zero);
        Assert.That(await _queue.Queue.SortedSetLengthAsync(_queue.Keys.Workers), Is.Zero, "it has departed");
    }

    [Test]
    public async Task Waits_are_interrupted_and_ended_on_the_node_that_holds_the_queue()
    {
        await using var worker = ServiceProcess.Worker(Settings());
        await worker.UntilReadyAsync();
        await worker.UntilAsync(async () => await BlockedClientsAsync() == 1, "it waits on the queue's node");

        // Due within the wait that is under way: without CLIENT UNBLOCK on that node it would start up to a second late.
        var envelope = Canary.Envelope("due");
        Assert.That(JobEnvelope.TryParse(envelope, out var parsed, out _), Is.True);
        for (var round = 0; round < 5; round++)
        {
            var id = $"due-{round}";
            await _queue.Producer.EnqueueAsync(parsed! with { TaskId = id }, TimeSpan.FromMilliseconds(100), CancellationToken.None);
            await worker.UntilAsync(() => _queue.Queue.KeyExistsAsync(_queue.Keys.Result(id)), "a result", TimeSpan.FromMilliseconds(800));
        }
    }

    [Test]
    public async Task Jobs_are_consumed_again_after_the_queue_s_node_was_away()
    {
        await using var worker = ServiceProcess.Worker(Settings());
        await worker.UntilReadyAsync();
        var node = _redis.Nodes.Single(one => one.Endpoint == Owner());

        await node.KillAsync();
        await worker.UntilAsync(async () => await worker.ReadinessAsync() == 503, "not ready");
        await node.StartAsync();
        await node.UntilAsync("cluster_state:ok", "CLUSTER", "INFO");
        await using var after = await TestQueue.CreateOnAsync(_redis.ConnectionString, like: _queue);
        await after.PushAsync(Canary.Envelope("after"));

        await worker.UntilAsync(() => after.Queue.KeyExistsAsync(after.Keys.Result("after")), "a result", TimeSpan.FromSeconds(2 + 3));
        await worker.UntilReadyAsync();
    }

    [TestCase("JOB_RESULT_PREFIX", "taskiq:result")]
    public async Task A_setting_that_would_leave_the_slot_ends_the_process(string name, string value)
    {
        await using var worker = ServiceProcess.Worker(Settings((name, value)));

        Assert.That(await worker.ExitAsync(), Is.EqualTo(1));
        Assert.That(worker.Lines, Has.Some.Contains(name));
    }

    [Test]
    public void All_keys_of_a_queue_are_in_one_slot()
    {
        var keys = new QueueKeys(Microsoft.Extensions.Options.Options.Create(
            new QueueOptions { Name = _queue.Options.Name, ResultPrefix = "{queue}:result" }));
        var all = typeof(QueueKeys).GetProperties().Where(property => property.PropertyType == typeof(RedisKey))
            .Select(property => (RedisKey)property.GetValue(keys)!)
            .Concat([keys.Processing("w"), keys.Worker("w"), keys.OnceById("id"), keys.Result("id")]);

        Assert.That(all.Select(_queue.Queue.Multiplexer.HashSlot).Distinct().Count(), Is.EqualTo(1));
    }

    private (string Name, string Value)[] Settings(params (string Name, string Value)[] more) =>
        WorkerSettings.On(_queue, _redis.Url, more: more);

    private string Owner() => _queue.Queue.IdentifyEndpoint(_queue.Keys.Ready)!.ToString()!;

    private async Task<long> BlockedClientsAsync()
    {
        var info = await _redis.Nodes.Single(node => node.Endpoint == Owner()).CommandAsync("INFO", "clients");
        return long.Parse(
            info.Split("blocked_clients:")[1].Split('\r')[0], System.Globalization.CultureInfo.InvariantCulture);
    }

    private static bool HasStarted(ServiceProcess worker, string job) => worker.Events.Any(
        line => line.GetProperty("event").GetString() == "job_started" && line.GetProperty("job").GetString() == job);
}
