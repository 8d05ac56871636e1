using System.Globalization;
using System.Text.Json;
using Dashtam.Jobs.Core.Schedules;
using Dashtam.Jobs.Tests.Support;
using NUnit.Framework;

namespace Dashtam.Jobs.Tests.Integration.EndToEnd;

[Category("Integration")]
[CancelAfter(120_000)]
[Parallelizable(ParallelScope.All)] // they wait most of the time, each on a queue of its own
internal sealed class SchedulerProcessTests
{
    private TestQueue _queue = null!;

    [SetUp]
    public async Task SetUp() => _queue = await TestQueue.CreateAsync();

    [TearDown]
    public async Task TearDown() => await _queue.DisposeAsync();

    [Test]
    [NonParallelizable] // a machine that stands still for two seconds is a missed fire
    public async Task Two_schedulers_side_by_side_fire_each_time_exactly_once()
    {
        await using var first = Start("*/2 * * * * *");
        await using var second = Start("*/2 * * * * *");
        await first.UntilReadyAsync();
        await second.UntilReadyAsync();

        await first.UntilAsync(() => Task.FromResult(Instants(first, second).Count >= 10), "ten fires");
        await first.TerminateAsync();
        await second.TerminateAsync();

        var instants = Instants(first, second);
        Assert.That(instants, Is.Unique);
        Assert.That(
            instants.Zip(instants.Skip(1), (earlier, later) => (later - earlier).TotalSeconds), Is.All.EqualTo(2), "none is missed");
        Assert.That(await _queue.ReadyAsync(), Is.EqualTo(instants.Count));
    }

    [Test]
    public async Task The_latest_missed_fire_is_caught_up_once()
    {
        await using (var before = Start("*/5 * * * *"))
        {
            await before.UntilReadyAsync();
            Assert.That(await before.TerminateAsync(), Is.Zero);
        }

        await _queue.Queue.KeyDeleteAsync(_queue.Keys.Ready);
        var hourAgo = DateTimeOffset.UtcNow.AddHours(-1).ToUnixTimeSeconds();
        await _queue.Queue.HashSetAsync(_queue.Keys.Fired, "check_expiring_tokens", hourAgo);
        await using var first = Start("*/5 * * * *");
        await using var second = Start("*/5 * * * *");
        await first.UntilReadyAsync();
        await second.UntilReadyAsync();
        await first.UntilAsync(
            () => Task.FromResult(first.Count("fire_caught_up") + second.Count("fire_caught_up") == 1), "caught up");

        Assert.That(await _queue.ReadyAsync(), Is.EqualTo(1));
    }

    [Test]
    public async Task A_schedule_that_was_paused_fires_nothing_from_any_scheduler_until_it_is_resumed()
    {
        await using var first = Start("* * * * * *");
        await using var second = Start("* * * * * *");
        await first.UntilReadyAsync();
        await second.UntilReadyAsync();
        await first.UntilAsync(async () => await _queue.ReadyAsync() >= 2, "two fires");

        await _queue.Control.PauseAsync("check_expiring_tokens", CancellationToken.None);
        var atPause = await _queue.ReadyAsync();
        await first.UntilAsync(async () => (await TokensAsync()).PassedOver >= 3, "three times have passed while it is paused");
        Assert.That(await _queue.ReadyAsync(), Is.EqualTo(atPause));

        await _queue.Control.ResumeAsync("check_expiring_tokens", CancellationToken.None);
        await first.UntilAsync(async () => await _queue.ReadyAsync() >= atPause + 2, "fires again");
        await first.TerminateAsync();
        await second.TerminateAsync();

        Assert.That(Instants(first, second), Is.Unique);
        Assert.That((await TokensAsync()).Fired, Is.EqualTo(await _queue.ReadyAsync()), "the ledger agrees with the queue");
    }

    [Test]
    public async Task A_schedule_heals_in_a_Redis_that_lost_its_data()
    {
        await using var scheduler = Start("*/2 * * * * *");
        await scheduler.UntilReadyAsync();
        await scheduler.UntilAsync(async () => await _queue.ReadyAsync() >= 2, "two fires");

        await _queue.Queue.KeyDeleteAsync([_queue.Keys.Schedules, _queue.Keys.Fired, _queue.Keys.ScheduleStats]);
        await scheduler.UntilAsync(async () => (await TokensAsync()).Fired >= 3, "it fires on");
        await scheduler.TerminateAsync();

        var instants = Instants(scheduler);
        Assert.That(instants, Is.Unique, "nothing fired twice");
        Assert.That(
            instants.Zip(instants.Skip(1), (earlier, later) => (later - earlier).TotalSeconds), Is.All.EqualTo(2), "none is missed");
    }

    [Test]
    public async Task A_Redis_that_is_away_is_waited_for_and_the_process_is_not_ready_meanwhile()
    {
        await using var redis = await TestServices.StartOwnRedisAsync();
        await using var queue = await TestQueue.CreateOnAsync(redis.ConnectionString);
        await redis.StopAsync();
        var settings = WorkerSettings.On(
            queue, $"redis://:s3cret@{redis.ConnectionString}/0", more: [("TOKEN_CHECK_CRON", WorkerSettings.Never), ("SESSION_CHECK_CRON", WorkerSettings.Never)]);

        await using var scheduler = ServiceProcess.Scheduler(settings);
        await using var worker = ServiceProcess.Worker(settings);
        await scheduler.UntilLoggedAsync("redis_unreachable");
        await worker.UntilLoggedAsync("redis_unreachable");
        await scheduler.UntilAsync(async () => await scheduler.ReadinessAsync() == 503, "alive and not ready");
        await worker.UntilAsync(async () => await worker.ReadinessAsync() == 503, "alive and not ready");

        Assert.That(scheduler.Lines.Concat(worker.Lines), Has.None.Contains("s3cret"));
        Assert.That(scheduler.Lines, Has.Some.Contains("REDIS_URL"));
    }

    [Test]
    public async Task Processes_are_ready_again_soon_after_Redis_is_back()
    {
        await using var redis = await TestServices.StartOwnRedisAsync();
        await using var queue = await TestQueue.CreateOnAsync(redis.ConnectionString);
        var settings = WorkerSettings.On(
            queue, redis.ConnectionString, more: [("TOKEN_CHECK_CRON", WorkerSettings.Never), ("SESSION_CHECK_CRON", WorkerSettings.Never)]);
        await using var scheduler = ServiceProcess.Scheduler(settings);
        await using var worker = ServiceProcess.Worker(settings);
        await scheduler.UntilReadyAsync();
        await worker.UntilReadyAsync();

        await redis.KillAsync();
        await worker.UntilAsync(async () => await worker.ReadinessAsync() == 503, "not ready", TimeSpan.FromSeconds(40));
        await redis.StartAsync();
        await worker.UntilReadyAsync();
        await scheduler.UntilReadyAsync();
        await using var after = await TestQueue.CreateOnAsync(redis.ConnectionString);
        await after.Queue.ListLeftPushAsync(queue.Keys.Ready, Canary.Envelope("after"));

        await worker.UntilAsync(() => after.Queue.KeyExistsAsync(queue.Keys.Result("after")), "a result");
    }

    private async Task<ScheduleFireCounts> TokensAsync() =>
        (await _queue.Control.ListAsync(CancellationToken.None))
            .FirstOrDefault(status => status.Id == "check_expiring_tokens")?.Fires
        ?? new ScheduleFireCounts(0, 0, 0, 0, TimeSpan.Zero);

    private ServiceProcess Start(string cron) => ServiceProcess.Scheduler(WorkerSettings.On(
        _queue, more: [("TOKEN_CHECK_CRON", cron), ("SESSION_CHECK_CRON", WorkerSettings.Never)]));

    private static List<DateTimeOffset> Instants(params ServiceProcess[] schedulers) =>
    [
        .. schedulers.SelectMany(scheduler => scheduler.Events)
            .Where(line => line.GetProperty("event").GetString() is "schedule_fired")
            .Select(Instant)
            .Order(),
    ];

    private static DateTimeOffset Instant(JsonElement line) =>
        DateTimeOffset.Parse(line.GetProperty("instant").GetString()!, CultureInfo.InvariantCulture);
}
