using System.Diagnostics;
using System.Globalization;
using Dashtam.Jobs.Tests.Support;
using NUnit.Framework;

namespace Dashtam.Jobs.Tests.Integration.EndToEnd;

/// <summary>Real worker processes that lose their lease, or nearly; with the shortest lease, so that it does not take long.</summary>
[Category("Integration")]
[CancelAfter(240_000)]
internal sealed class LeaseTests
{
    private const int ShortLease = 5;

    private TestQueue _queue = null!;
    private OwnRedis _redis = null!;

    [SetUp]
    public async Task SetUp()
    {
        _redis = await TestServices.StartOwnRedisAsync("--appendonly", "yes", "--appendfsync", "always");
        _queue = await TestQueue.CreateOnAsync(_redis.ConnectionString);
    }

    [TearDown]
    public ValueTask TearDown() => Disposal.DisposeAllAsync(_queue, _redis);

    [TestCase(5, 0)]
    [TestCase(20, 45, Explicit = true, Reason = "the same with the default lease: takes a minute and a half")]
    public async Task A_worker_that_was_paused_for_longer_than_its_lease_writes_nothing_and_goes_on_under_a_new_name(
        int leaseSeconds, int pausedForSeconds)
    {
        const int jobs = 10;
        await using var paused = StartWorker(jobs, leaseSeconds);
        await PushAsync(paused, jobs, sleepMs: 12_000);
        await using var other = StartWorker(jobs, leaseSeconds);
        await other.UntilReadyAsync();

        await paused.SignalAsync("STOP");
        Assert.That(paused.Count("job_succeeded"), Is.Zero, "this machine is too slow: the jobs ended before the pause");
        var since = Stopwatch.StartNew();
        await other.UntilAsync(() => SucceededAsync(jobs), "its jobs ran elsewhere", TimeSpan.FromSeconds(60));
        await other.UntilAsync(
            () => Task.FromResult(since.Elapsed.TotalSeconds >= pausedForSeconds), "it has stood still for long enough");
        await paused.SignalAsync("CONT");
        await paused.UntilLoggedAsync("worker_recovered");
        await paused.UntilAsync(
            () => Task.FromResult(paused.Count("worker_registered") == 2), "it has registered under a new name");
        await other.TerminateAsync();
        await _queue.PushAsync(Canary.Envelope("after"));
        await paused.UntilAsync(() => SucceededAsync(jobs + 1), "it goes on working");
        await paused.UntilLoggedAsync("job_succeeded"); // its log is read a moment after Redis has the result

        Assert.That(paused.Count("job_succeeded"), Is.EqualTo(1), "only the job that it was given afterwards");
        Assert.That(other.Count("job_succeeded"), Is.EqualTo(jobs));
    }

    [TestCase(5, 10, 16)]
    [TestCase(20, 60, 75, Explicit = true, Reason = "the same with the default lease: takes a minute and a half")]
    public async Task Jobs_that_run_through_an_outage_of_Redis_longer_than_the_lease_run_once(
        int leaseSeconds, int outageSeconds, int sleepSeconds)
    {
        const int each = 250;
        await using var one = StartWorker(each, leaseSeconds);
        await PushAsync(one, each, sleepMs: sleepSeconds * 1_000);
        await using var two = StartWorker(each, leaseSeconds);
        await PushAsync(two, each, sleepMs: sleepSeconds * 1_000, first: each);

        await _redis.StopAsync();
        await WaitAsync(TimeSpan.FromSeconds(outageSeconds));
        await _redis.StartAsync();
        await one.UntilAsync(() => SucceededAsync(each * 2), "all have ended", TimeSpan.FromSeconds(60));

        Assert.That(one.Count("job_started") + two.Count("job_started"), Is.EqualTo(each * 2), "each started once");
        Assert.That(one.Count("jobs_recovered") + two.Count("jobs_recovered"), Is.Zero, "nobody recovered anybody");
        Assert.That(one.Count("job_fenced") + two.Count("job_fenced"), Is.Zero);
    }

    [Test]
    public async Task A_dead_workers_jobs_are_recovered_on_a_Redis_that_closes_idle_connections()
    {
        await _queue.Queue.ExecuteAsync("CONFIG", "SET", "timeout", "1"); // less than what is between two heartbeats
        await using var dies = StartWorker(concurrency: 1);
        await PushAsync(dies, count: 1, sleepMs: 60_000);
        await using var survives = StartWorker(concurrency: 1);
        await survives.UntilReadyAsync();

        await dies.SignalAsync("KILL");

        await survives.UntilAsync(
            () => Task.FromResult(survives.Count("jobs_recovered") == 1), "its job is ready again", TimeSpan.FromSeconds(30));
        Assert.That(survives.Count("heartbeat_failed"), Is.Zero);
    }

    [Test]
    public async Task One_job_that_kills_its_workers_ends_as_a_dead_letter_and_its_fifty_neighbours_have_results()
    {
        const int good = 50;
        await _queue.PushAsync(
            [Canary.Envelope("poison", sleepMs: 1_000), .. Enumerable.Range(0, good).Select(number => Canary.Envelope($"good {number}", sleepMs: 300))]);

        var killed = await RunUntilAsync(
            async () => await _queue.Queue.SortedSetLengthAsync(_queue.Keys.Dead) == 1 && await SucceededAsync(good), concurrency: 51);

        var number = (await _queue.Queue.SortedSetRangeByRankAsync(_queue.Keys.Dead)).Single();
        var entry = (string)(await _queue.Queue.HashGetAsync(_queue.Keys.DeadEntries, number))!;
        Assert.That(entry, Does.Contain("\"reason\":\"crash_loop\"").And.Contain("\"task_id\":\"poison\""));
        Assert.That(killed, Is.EqualTo(5), "twice beside others, then JOBS_MAX_DELIVERIES times alone");
        Assert.That(await _queue.Queue.KeyExistsAsync(_queue.Keys.Result("poison")), Is.True, "its producer is told");
        Assert.That(await _queue.Queue.HashLengthAsync(_queue.Keys.Suspects), Is.Zero, "counts go with their jobs");
        Assert.That(await _queue.Queue.ListLengthAsync(_queue.Keys.Isolated), Is.Zero);
    }

    /// <summary>Two workers, killed and started again whenever one of them starts the poison.</summary>
    private async Task<int> RunUntilAsync(Func<Task<bool>> ended, int concurrency)
    {
        ServiceProcess[] workers = [StartWorker(concurrency), StartWorker(concurrency)];
        var patience = Stopwatch.StartNew();
        var killed = 0;
        try
        {
            while (!await ended())
            {
                Assert.That(patience.Elapsed, Is.LessThan(TimeSpan.FromSeconds(200)), "it does not end");
                for (var index = 0; index < workers.Length; index++)
                {
                    if (Runs(workers[index], "poison"))
                    {
                        await workers[index].KillAsync();
                        await workers[index].DisposeAsync();
                        killed++;
                        workers[index] = StartWorker(concurrency);
                    }
                }

                await WaitAsync(TimeSpan.FromMilliseconds(20));
            }
        }
        finally
        {
            await Task.WhenAll(workers.Select(worker => worker.DisposeAsync().AsTask()));
        }

        return killed;
    }

    private static bool Runs(ServiceProcess worker, string taskId) => worker.Events.Any(line =>
        line.GetProperty("event").GetString() == "job_started" && line.GetProperty("task_id").GetString() == taskId);

    private ServiceProcess StartWorker(int concurrency, int leaseSeconds = ShortLease) => ServiceProcess.Worker(
        WorkerSettings.On(_queue, _redis.ConnectionString, more:
        [
            WorkerSettings.Concurrency(concurrency),
            ("WORKER_LEASE_SECONDS", leaseSeconds.ToString(CultureInfo.InvariantCulture)),
            ("JOBS_WATCHDOG_SECONDS", "5"), // a pause or an outage of any length is no deadlock
        ]));

    private async Task PushAsync(ServiceProcess worker, int count, int sleepMs, int first = 0)
    {
        await worker.UntilReadyAsync();
        await _queue.PushAsync([.. Enumerable.Range(first, count).Select(
            number => Canary.Envelope(number.ToString(CultureInfo.InvariantCulture), sleepMs))]);
        await worker.UntilAsync(() => Task.FromResult(worker.Count("job_started") == count), "all are running");
    }

    private async Task<bool> SucceededAsync(int count) =>
        (long)await _queue.Queue.HashGetAsync(_queue.Keys.Stats, "run_canary:succeeded") >= count;

    private static Task WaitAsync(TimeSpan time) => Task.Delay(time);
}
