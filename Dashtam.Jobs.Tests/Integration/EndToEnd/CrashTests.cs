using System.Diagnostics;
using System.Globalization;
using Dashtam.Jobs.Tests.Support;
using NUnit.Framework;

namespace Dashtam.Jobs.Tests.Integration.EndToEnd;

/// <summary>Real worker processes, real signals, the default lease of 20 s.</summary>
[Category("Integration")]
[CancelAfter(180_000)]
[Parallelizable(ParallelScope.All)] // they wait most of the time, each on a Redis of its own
internal sealed class CrashTests
{
    private const int Jobs = 100;
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan StartedAgain = TimeSpan.FromSeconds(25);
    private static readonly TimeSpan Promise = TimeSpan.FromSeconds(35);

    // The first worker's lease runs from its last heartbeat; the new one holds a lease of its own before it judges.
    private static readonly TimeSpan Restarting = TimeSpan.FromSeconds(10);

    private TestQueue _queue = null!;
    private OwnRedis _redis = null!;

    [SetUp]
    public async Task SetUp()
    {
        _redis = await TestServices.StartOwnRedisAsync();
        _queue = await TestQueue.CreateOnAsync(_redis.ConnectionString);
    }

    [TearDown]
    public ValueTask TearDown() => Disposal.DisposeAllAsync(_queue, _redis);

    [Test]
    public async Task Jobs_of_a_worker_that_was_killed_have_one_result_each_from_a_second_one_that_stands_by()
    {
        await using var second = StartWorker();
        await second.UntilReadyAsync();
        var standsBySince = Stopwatch.StartNew();
        await second.UntilAsync(
            () => Task.FromResult(standsBySince.Elapsed > Lease), "it has held a lease of its own", Lease * 2);

        await second.SignalAsync("STOP"); // for a moment, so that the first one takes all
        await second.UntilAsync(NobodyWaitsAsync, "its wait in Redis has ended: it would be served a job");
        await using var first = StartWorker();
        await HoldAllAsync(first);
        await second.SignalAsync("CONT");
        await first.KillAsync();
        var killed = Stopwatch.StartNew();
        await second.UntilAsync(
            () => Task.FromResult(second.Count("job_started") == Jobs), "all have started again", StartedAgain);
        await second.UntilAsync(AllEndedAsync, "every job has a result", Promise - killed.Elapsed);

        await AssertOneResultEachAsync();
    }

    [Test]
    public async Task Jobs_of_a_worker_that_was_killed_have_one_result_each_when_it_is_started_again_at_once()
    {
        await using var first = StartWorker();
        await HoldAllAsync(first);

        await first.KillAsync();
        var killed = Stopwatch.StartNew();
        await using var again = StartWorker();
        await again.UntilAsync(AllEndedAsync, "every job has a result", Promise + Restarting - killed.Elapsed);

        await AssertOneResultEachAsync();
    }

    private ServiceProcess StartWorker() =>
        ServiceProcess.Worker(WorkerSettings.On(_queue, _redis.ConnectionString, more: WorkerSettings.Concurrency(Jobs)));

    private async Task HoldAllAsync(ServiceProcess worker)
    {
        await worker.UntilReadyAsync();
        await _queue.PushAsync([.. Enumerable.Range(0, Jobs).Select(
            number => Canary.Envelope(number.ToString(CultureInfo.InvariantCulture), sleepMs: 5_000))]);
        await worker.UntilAsync(() => Task.FromResult(worker.Count("job_started") == Jobs), "all jobs are running");
    }

    private async Task<bool> NobodyWaitsAsync() =>
        ((string?)await _queue.Queue.ExecuteAsync("INFO", "clients"))!.Contains("blocked_clients:0", StringComparison.Ordinal);

    private async Task<bool> AllEndedAsync() =>
        (long)await _queue.Queue.HashGetAsync(_queue.Keys.Stats, "run_canary:succeeded") >= Jobs;

    private async Task AssertOneResultEachAsync()
    {
        for (var number = 0; number < Jobs; number++)
        {
            var key = _queue.Keys.Result(number.ToString(CultureInfo.InvariantCulture));
            Assert.That(await _queue.Queue.KeyExistsAsync(key), Is.True, $"job {number} has a result");
        }

        Assert.That(
            (long)await _queue.Queue.HashGetAsync(_queue.Keys.Stats, "run_canary:succeeded"),
            Is.EqualTo(Jobs),
            "none has two: each stored result is counted in the same script");
        Assert.That(await _queue.ReadyAsync(), Is.Zero);
    }
}
