using Dashtam.Jobs.Faults.Lab;
using Dashtam.Jobs.Tests.Support;
using NUnit.Framework;

namespace Dashtam.Jobs.Tests.Integration.EndToEnd;

/// <summary>
/// What two schedulers' processes do after a minute: their durations run fifteen times as fast, while the wall clock, which they compare
/// with Redis', goes as ever.
/// </summary>
[Category("Integration")]
[CancelAfter(120_000)]
[Parallelizable(ParallelScope.All)] // they wait most of the time, each on a queue of its own
internal sealed class HastySchedulerTests
{
    private const string Speed = "15";
    private const string Schedule = "check_expiring_tokens";

    private TestQueue _queue = null!;

    [SetUp]
    public async Task SetUp() => _queue = await TestQueue.CreateAsync();

    [TearDown]
    public async Task TearDown() => await _queue.DisposeAsync();

    [Test]
    public async Task A_mark_in_the_future_is_told_and_moved_back_by_one_of_two_schedulers_whose_clocks_agree_and_the_schedule_fires_on()
    {
        await using var first = Start("* * * * * *");
        await using var second = Start("* * * * * *");
        await first.UntilReadyAsync();
        await second.UntilReadyAsync();
        var ahead = DateTimeOffset.UtcNow.AddDays(1).ToUnixTimeSeconds();
        await _queue.Queue.HashSetAsync(_queue.Keys.Fired, Schedule, ahead);

        await first.UntilLoggedAsync("schedule_mark_ahead");
        await first.UntilAsync(() => Task.FromResult(Count("schedule_mark_moved_back", first, second) > 0), "it is moved back");
        var moved = await FiredAsync();
        await first.UntilAsync(async () => await FiredAsync() >= moved + 2, "it fires on");
        await first.TerminateAsync();
        await second.TerminateAsync();

        Assert.That(Count("schedule_mark_moved_back", first, second), Is.EqualTo(1));
        Assert.That(moved, Is.LessThan(ahead));
        Assert.That(Instants(first, second), Is.Unique);
    }

    [Test]
    public async Task A_version_whose_scheduler_has_stopped_is_taken_over_by_the_other_one_which_fires_from_then_on()
    {
        await using var stays = Start("* * * * * *");
        await stays.UntilReadyAsync();
        await using var goes = Start("*/2 * * * * *");
        await goes.UntilReadyAsync();
        await stays.UntilLoggedAsync("schedule_superseded");
        var before = Instants(stays).Count;

        await goes.TerminateAsync();
        await stays.UntilLoggedAsync("schedule_taken_over");
        await stays.UntilAsync(() => Task.FromResult(Instants(stays).Count >= before + 2), "it fires");
        await stays.TerminateAsync();

        Assert.That(Count("schedule_taken_over", stays, goes), Is.EqualTo(1));
        Assert.That(Instants(stays, goes), Is.Unique);
    }

    private ServiceProcess Start(string cron) => ServiceProcess.SchedulerOfFaultSuite(WorkerSettings.On(
        _queue, more: [("TOKEN_CHECK_CRON", cron), ("SESSION_CHECK_CRON", WorkerSettings.Never), (SteppedScheduler.ClockSpeed, Speed)]));

    private async Task<long> FiredAsync() => (long)await _queue.Queue.HashGetAsync(_queue.Keys.Fired, Schedule);

    private static int Count(string @event, params ServiceProcess[] schedulers) =>
        schedulers.Sum(scheduler => scheduler.Events.Count(line => line.GetProperty("event").GetString() == @event
            && line.GetProperty("schedule").GetString() == Schedule));

    private static List<string> Instants(params ServiceProcess[] schedulers) =>
    [
        .. schedulers.SelectMany(scheduler => scheduler.Events)
            .Where(line => line.GetProperty("event").GetString() is "schedule_fired" && line.GetProperty("schedule").GetString() == Schedule)
            .Select(line => line.GetProperty("instant").GetString()!),
    ];
}
