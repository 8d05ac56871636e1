using System.Globalization;
using System.Text.Json;
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
[Parallelizable(ParallelScope.All)] // they wait most of the time, each on a Redis of its own
internal sealed partial class LostReplyTests
{
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
        ["hand_back.lua"] = test => test.HandBackAsync(),
        ["count_recycled.lua"] = test => test.CountRecycledAsync(),
        ["heartbeat.lua"] = test => test.HeartbeatAsync(),
        ["register_worker.lua"] = test => test.RegisterWorkerAsync(),
        ["find_stale.lua"] = test => test.FindStaleAsync(),
        ["recover.lua"] = test => test.RecoverAsync(),
        ["depart.lua"] = test => test.DepartAsync(),
        ["register_schedule.lua"] = test => test.RegisterScheduleAsync(),
        ["fire.lua"] = test => test.FireAsync(),
        ["pause_schedule.lua"] = test => test.PauseScheduleAsync(),
        ["resume_schedule.lua"] = test => test.ResumeScheduleAsync(),
        ["move_mark_back.lua"] = test => test.MoveMarkBackAsync(),
        ["fence.lua"] = test => test.FenceAsync(),
        ["expire_parked.lua"] = test => test.ExpireParkedAsync(),
        ["expire_dead.lua"] = test => test.ExpireDeadAsync(),
        ["epoch.lua"] = test => test.EpochAsync(),
        ["report_progress.lua"] = test => test.ReportProgressAsync(),
        ["write_bare.lua"] = test => test.WriteBareAsync(),
        ["hand_over_list.lua"] = test => test.HandOverAsync("hand_over_list.lua"),
        ["hand_over_set.lua"] = test => test.HandOverAsync("hand_over_set.lua"),
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
        ScriptFile.OfQueue.Select(script => script.Name), Is.EquivalentTo(Scripts));

    [Test]
    public async Task A_job_is_adopted_when_the_reply_of_BLMOVE_is_lost()
    {
        _proxy.LoseReplyTo(reply: "run_canary", "BLMOVE");
        await using var worker = await StartReadyWorkerAsync();

        await _queue.PushAsync(Canary.Envelope("waited for"));
        await LostAsync();

        await UntilSucceededAsync(worker, "waited for");
        Assert.That(worker.Count("delivery_adopted"), Is.EqualTo(1));
    }

    private async Task<WorkerInProcess> StartReadyWorkerAsync(params (string Name, string Value)[] more)
    {
        var worker = await WorkerInProcess.StartAsync(Settings(more));
        await worker.UntilReadyAsync();
        return worker;
    }

    /// <summary>For a test that looks at the exit code.</summary>
    private async Task<ServiceProcess> StartReadyProcessAsync(params (string Name, string Value)[] more)
    {
        var worker = ServiceProcess.Worker(Settings(more));
        await worker.UntilReadyAsync();
        return worker;
    }

    private (string Name, string Value)[] Settings((string Name, string Value)[] more) =>
        WorkerSettings.On(_queue, _proxy.ConnectionString, more: [("JOBS_RETRY_BASE_SECONDS", "0.05"), .. more]);

    private ServiceProcess StartScheduler(string cron) => ServiceProcess.Scheduler(WorkerSettings.On(
        _queue, _proxy.ConnectionString, more: [("TOKEN_CHECK_CRON", cron), ("SESSION_CHECK_CRON", WorkerSettings.Never)]));

    private async Task LoseAsync(string script, string reply = "") =>
        _proxy.LoseReplyTo(reply, await ScriptRequests.OfAsync(_queue, script));

    private Task LostAsync() => _proxy.ReplyLost.WaitAsync(Patience);

    private async Task RunAnotherAsync(Service worker)
    {
        await _queue.PushAsync(Canary.Envelope("another"));
        await UntilSucceededAsync(worker, "another");
    }

    private async Task UntilSucceededAsync(Service worker, params string[] ids)
    {
        foreach (var id in ids)
        {
            await worker.UntilAsync(() => _queue.Queue.KeyExistsAsync(_queue.Keys.Result(id)), $"a result of {id}", Patience);
        }

        Assert.That(await CountAsync("run_canary:succeeded"), Is.EqualTo(ids.Length), "each result was stored once");
        await AssertNothingIsHeldAsync(worker);
    }

    private async Task AssertNothingIsHeldAsync(Service worker)
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
