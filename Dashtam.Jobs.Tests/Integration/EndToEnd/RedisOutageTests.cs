using System.Diagnostics;
using System.Globalization;
using Dashtam.Jobs.Core.Queue.Producing;
using Dashtam.Jobs.Core.Wire;
using Dashtam.Jobs.Tests.Support;
using NUnit.Framework;

namespace Dashtam.Jobs.Tests.Integration.EndToEnd;

/// <summary>Redis ends and is started again while jobs run, are delayed and are scheduled.</summary>
[Category("Integration")]
internal sealed class RedisOutageTests
{
    private const int Running = 10;
    private const int Delayed = 10;
    private static readonly TimeSpan Promise = TimeSpan.FromSeconds(2);

    /// <summary>What a machine that does other things as well may add; the long run allows none.</summary>
    private static readonly TimeSpan BusyMachine = TimeSpan.FromSeconds(3);

    // A finish that could not be written is tried again every two seconds.
    private static readonly TimeSpan Settled = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan NoticedWithin = TimeSpan.FromSeconds(20);

    private OwnRedis _redis = null!;
    private TestQueue _queue = null!;

    [SetUp]
    public async Task SetUp()
    {
        _redis = await TestServices.StartOwnRedisAsync("--appendonly", "yes", "--appendfsync", "always");
        _queue = await TestQueue.CreateOnAsync(_redis.ConnectionString);
    }

    [TearDown]
    public ValueTask TearDown() => Disposal.DisposeAllAsync(_queue, _redis);

    [Test, CancelAfter(120_000)]
    public Task Nothing_is_lost_and_jobs_are_consumed_again_soon_after_a_short_outage() =>
        OutagesAsync(rounds: 1, TimeSpan.FromSeconds(3), Promise + BusyMachine);

    /// <summary>
    /// The promise itself: 60 s away, 20 times out of 20, 2 s. <c>OUTAGE_ROUNDS</c> and <c>OUTAGE_SECONDS</c> change it:
    /// <c>dotnet test Dashtam.Jobs.Tests --filter "FullyQualifiedName~Long_outages"</c>.
    /// </summary>
    [Test, Explicit("takes 25 minutes"), CancelAfter(7_200_000)]
    public Task Long_outages_lose_nothing_and_end_within_two_seconds() =>
        OutagesAsync(Number("OUTAGE_ROUNDS", 20), TimeSpan.FromSeconds(Number("OUTAGE_SECONDS", 60)), Promise);

    private async Task OutagesAsync(int rounds, TimeSpan outage, TimeSpan limit)
    {
        var settings = WorkerSettings.On(_queue, _redis.ConnectionString, more:
        [
            WorkerSettings.Concurrency(50), ("TOKEN_CHECK_CRON", "0/5 * * * * *"), ("SESSION_CHECK_CRON", WorkerSettings.Never),
        ]);
        await using var worker = ServiceProcess.Worker(settings);
        await using var scheduler = ServiceProcess.Scheduler(settings);
        await worker.UntilReadyAsync();
        await scheduler.UntilReadyAsync();
        for (var round = 1; round <= rounds; round++)
        {
            var back = await OutageAsync(worker, scheduler, round, outage);
            await TestContext.Out.WriteLineAsync(string.Create(
                CultureInfo.InvariantCulture, $"round {round}: a job's result {back.TotalMilliseconds:0} ms after Redis answered"));
            Assert.That(back, Is.LessThan(limit), $"round {round}");
        }
    }

    private async Task<TimeSpan> OutageAsync(ServiceProcess worker, ServiceProcess scheduler, int round, TimeSpan outage)
    {
        await HoldAsync(worker, round, outage);
        var last = await LastFiredAsync();

        await _redis.KillAsync();
        var away = Stopwatch.StartNew();
        if (outage > NoticedWithin)
        {
            await worker.UntilAsync(async () => await worker.ReadinessAsync() == 503, "not ready", NoticedWithin);
        }

        await Task.Delay(outage > away.Elapsed ? outage - away.Elapsed : TimeSpan.Zero);

        await _redis.StartAsync();
        var answers = Stopwatch.StartNew();
        await RetryAsync(() => _queue.PushAsync(Canary.Envelope($"{round}-back")));
        await worker.UntilAsync(() => HasResultAsync($"{round}-back"), "a job has run after the outage");
        var back = answers.Elapsed;

        await worker.UntilAsync(() => AllHaveResultsAsync(round), "every job from before the outage has a result", away.Elapsed + Settled);
        await scheduler.UntilAsync(
            async () => await LastFiredAsync() > last, "the missed fire is caught up", TimeSpan.FromSeconds(10));
        await AssertOnceEachAsync(round);
        return back;
    }

    /// <summary>Jobs that run when Redis goes: some end while it is away, some later; and some that are delayed.</summary>
    private async Task HoldAsync(ServiceProcess worker, int round, TimeSpan outage)
    {
        var started = worker.Count("job_started");
        await _queue.PushAsync([.. Enumerable.Range(0, Running).Select(number => Canary.Envelope(
            Id(round, number), sleepMs: (int)(outage * (number % 2 == 0 ? 0.5 : 1.2)).TotalMilliseconds))]);
        for (var number = Running; number < Running + Delayed; number++)
        {
            var envelope = JobEnvelope.TryParse(Canary.Envelope(Id(round, number)), out var parsed, out _) ? parsed : null;
            await _queue.Producer.EnqueueAsync(envelope!, outage * (number % 2 == 0 ? 0.5 : 1.2), CancellationToken.None);
        }

        await worker.UntilAsync(
            () => Task.FromResult(worker.Count("job_started") >= started + Running), "the jobs have started");
    }

    private async Task<bool> AllHaveResultsAsync(int round)
    {
        for (var number = 0; number < Running + Delayed; number++)
        {
            if (!await HasResultAsync(Id(round, number)))
            {
                return false;
            }
        }

        return true;
    }

    private async Task AssertOnceEachAsync(int round)
    {
        var perRound = Running + Delayed + 1;
        Assert.That(
            (long)await _queue.Queue.HashGetAsync(_queue.Keys.Stats, "run_canary:succeeded"),
            Is.EqualTo(round * perRound),
            "each result is counted in the script that stores it: none has two");
    }

    private Task<bool> HasResultAsync(string id) => _queue.Queue.KeyExistsAsync(_queue.Keys.Result(id));

    private async Task<long> LastFiredAsync() =>
        (long)await _queue.Queue.HashGetAsync(_queue.Keys.Fired, "check_expiring_tokens");

    /// <summary>The test's own connection has to come back, too.</summary>
    private static Task RetryAsync(Func<Task> action) =>
        Eventually.SucceedsAsync(action, error => error is StackExchange.Redis.RedisException, "the test's own connection is back");

    private static string Id(int round, int number) => string.Create(CultureInfo.InvariantCulture, $"{round}-{number}");

    private static int Number(string variable, int otherwise) =>
        Environment.GetEnvironmentVariable(variable) is { Length: > 0 } text
            ? int.Parse(text, CultureInfo.InvariantCulture)
            : otherwise;
}
