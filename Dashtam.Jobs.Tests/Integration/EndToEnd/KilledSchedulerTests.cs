using System.Globalization;
using Dashtam.Jobs.Core.Queue.Leases;
using Dashtam.Jobs.Core.Schedules;
using Dashtam.Jobs.Faults.Load;
using Dashtam.Jobs.Tests.Support;
using NUnit.Framework;

namespace Dashtam.Jobs.Tests.Integration.EndToEnd;

/// <summary>
/// A scheduler dies by SIGKILL around each of its scripts: after it has sent it and before it runs, and after it has run and
/// before the answer has come. Another one, started afterwards, fires each instant since then once. The fault suite's schedulers
/// are used: one of their schedules catches up all that is missed.
/// </summary>
[Category("Integration")]
[CancelAfter(180_000)]
internal sealed class KilledSchedulerTests
{
    private static readonly JobSchedule Schedule = new(EveryInstant.Name, EveryInstant.Name, EveryInstant.Cron, "UTC", Setting: null);

    private static OwnRedis? _redis;

    [OneTimeSetUp]
    public static async Task StartRedis() => _redis = await TestServices.StartOwnRedisAsync();

    [OneTimeTearDown]
    public static ValueTask StopRedis() => Disposal.DisposeAllAsync(_redis);

    [Test]
    public Task Each_instant_fires_once_when_a_scheduler_is_killed_around_a_fire_or_a_registration() => Task.WhenAll(
        from script in new[] { "fire.lua", "register_schedule.lua" }
        from step in Enum.GetValues<KillStep>()
        select KillAsync(script, step));

    private static async Task KillAsync(string script, KillStep step)
    {
        await using var bench = await KillBench.CreateAsync(
            _redis!.ConnectionString, [("TOKEN_CHECK_CRON", WorkerSettings.Never), ("SESSION_CHECK_CRON", WorkerSettings.Never)]);
        await LetItComeToTheStepAsync(bench, script, step);
        await bench.KillAsync();
        var before = await ReadAsync(bench.Queue);
        var firstFires = Instants(bench.Victim);

        await using var second = bench.StartScheduler(_redis.ConnectionString);
        await second.UntilReadyAsync(); // it has registered all schedules
        await second.UntilAsync(() => Task.FromResult(Instants(second).Count >= 3), "three fires");
        await second.TerminateAsync();
        var after = await ReadAsync(bench.Queue);

        var what = $"{script}, {step}";
        var fires = Instants(second);
        AssertConsecutive(firstFires, what);
        AssertConsecutive(fires, what);
        if (script == "fire.lua")
        {
            // The one around which it was killed is told by nobody; when it ran, Redis knows it as the last one.
            Assert.That(before!.Jobs, Is.EqualTo(before.Last - firstFires[0] + 1), what);
            Assert.That(before.Last > firstFires[^1], Is.EqualTo(step == KillStep.AfterItRan), what);
        }
        else
        {
            Assert.That(before is { Jobs: 0, Registered: 1 }, Is.EqualTo(step == KillStep.AfterItRan), $"{what}: {before}");
            Assert.That(firstFires, Is.Empty, what);
        }

        var last = before?.Last ?? fires[0] - 1;
        Assert.That(fires[0], Is.EqualTo(last + 1), $"{what}: it goes on behind the last one");
        Assert.That(after!.Jobs, Is.EqualTo((before?.Jobs ?? 0) + after.Last - last), $"{what}: a job for each instant");
        Assert.That(after.Last, Is.GreaterThanOrEqualTo(fires[^1]), what);
        await AssertSoundAsync(bench.Queue, after, what);
    }

    private static async Task LetItComeToTheStepAsync(KillBench bench, string script, KillStep step)
    {
        if (script == "register_schedule.lua")
        {
            await bench.SetTrapAsync(script, reply: "", step); // it registers this schedule first
            bench.StartVictimScheduler();
            return;
        }

        bench.StartVictimScheduler();
        await bench.Victim.UntilLoggedAsync("schedule_fired");
        await bench.SetTrapAsync(script, reply: "", step);
    }

    private static async Task AssertSoundAsync(TestQueue queue, Ledger ledger, string what)
    {
        var statuses = await queue.Control.ListAsync(CancellationToken.None);
        var status = statuses.Single(status => status.Id == Schedule.Id);
        Assert.That(statuses, Has.Count.EqualTo(3), what);
        Assert.That(status.Version, Is.EqualTo(Schedule.Version), what);
        Assert.That(statuses.Select(one => one.PausedSince), Is.All.Null, what);
        Assert.That(status.Fires.Fired, Is.EqualTo(ledger.Jobs), what);
        Assert.That(status.Fires.Expected, Is.EqualTo(ledger.Jobs), $"{what}: none was passed over or skipped");
        Assert.That((await new FsckBench(queue, new LeaseOptions()).RunAsync()).Findings, Is.Empty, what);
    }

    /// <summary>Null: the schedule is not registered.</summary>
    private static async Task<Ledger?> ReadAsync(TestQueue queue)
    {
        var last = await queue.Queue.HashGetAsync(queue.Keys.Fired, Schedule.Id);
        var registered = await queue.Queue.HashLengthAsync(queue.Keys.Schedules);
        return last.HasValue ? new Ledger((long)last, await queue.ReadyAsync(), registered) : null;
    }

    private static void AssertConsecutive(List<long> instants, string what) => Assert.That(
        instants.Zip(instants.Skip(1), (earlier, later) => later - earlier), Is.All.EqualTo(1), what);

    /// <summary>What it said that it fired; its cron names every second.</summary>
    private static List<long> Instants(ServiceProcess scheduler) =>
    [
        .. scheduler.Events
            .Where(line => line.GetProperty("event").GetString() is "schedule_fired")
            .Select(line => DateTimeOffset
                .Parse(line.GetProperty("instant").GetString()!, CultureInfo.InvariantCulture).ToUnixTimeSeconds())
            .Order(),
    ];

    /// <summary>What Redis knows.</summary>
    private sealed record Ledger(long Last, long Jobs, long Registered);
}
