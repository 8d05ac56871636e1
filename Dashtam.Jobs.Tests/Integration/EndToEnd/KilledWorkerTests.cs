using Dashtam.Jobs.Core.Queue.Leases;
using Dashtam.Jobs.Tests.Support;
using NUnit.Framework;

namespace Dashtam.Jobs.Tests.Integration.EndToEnd;

/// <summary>
/// A worker dies by SIGKILL around each of its commands to Redis: after it has sent it and before it runs, and after it has
/// run and before the answer has come. Another worker, started afterwards, brings every job to its one end.
/// </summary>
[Category("Integration")]
[CancelAfter(180_000)]
[Parallelizable(ParallelScope.All)] // they wait for leases most of the time
internal sealed class KilledWorkerTests
{
    /// <summary>What only producers, operators and schedulers send; those of the last: <see cref="KilledSchedulerTests"/>.</summary>
    private static readonly string[] NotTheWorkers =
    [
        "enqueue.lua", "enqueue_delayed.lua", "fire.lua", "register_schedule.lua", "move_mark_back.lua", "pause_schedule.lua",
        "resume_schedule.lua", "hand_over_list.lua", "hand_over_set.lua",
        "write_bare.lua", // only on a Cluster, or without the right; after the job is settled
    ];

    private static OwnRedis? _redis;

    public static IEnumerable<KillScenario> Scenarios => KillScenario.All;

    [OneTimeSetUp]
    public static async Task StartRedis() => _redis = await TestServices.StartOwnRedisAsync();

    [OneTimeTearDown]
    public static ValueTask StopRedis() => Disposal.DisposeAllAsync(_redis);

    [TestCaseSource(nameof(Scenarios))]
    public Task No_job_is_lost_and_none_ends_twice_when_a_worker_is_killed_around(KillScenario scenario) =>
        Task.WhenAll(Enum.GetValues<KillStep>().Select(step => KillAsync(scenario, step)));

    [Test]
    public void Every_script_of_a_worker_is_tried() => Assert.That(
        ScriptFile.OfQueue.Select(script => script.Name),
        Is.EquivalentTo(Scenarios.Select(scenario => scenario.Command).Where(name => name != "BLMOVE").Concat(NotTheWorkers)));

    private static async Task KillAsync(KillScenario scenario, KillStep step)
    {
        await using var bench = await KillBench.CreateAsync(_redis!.ConnectionString, scenario.Settings);
        await scenario.BeforeStart(bench);
        await LetItComeToTheStepAsync(bench, scenario, step);
        await bench.KillAsync();
        await using var survivor = await bench.StartWorkerAsync(_redis.ConnectionString);
        await bench.UntilAllHaveEndedAsync(survivor, scenario);

        var expected = scenario.Counters.ToDictionary(counter => counter.Name, counter => counter.Count, StringComparer.Ordinal);
        Assert.That(await bench.CountersAsync(), Is.EquivalentTo(expected), $"{scenario}, {step}");
        Assert.That(survivor.Count("job_fenced"), Is.Zero);
        Assert.That((await new FsckBench(bench.Queue, new LeaseOptions()).RunAsync()).Findings, Is.Empty, $"{scenario}, {step}");
    }

    private static async Task LetItComeToTheStepAsync(KillBench bench, KillScenario scenario, KillStep step)
    {
        if (scenario.AtStart)
        {
            await bench.SetTrapAsync(scenario.Command, scenario.Reply, step);
            bench.StartVictim();
        }
        else
        {
            bench.StartVictim();
            await bench.Victim.UntilReadyAsync();
            await scenario.Prepare(bench);
            await bench.SetTrapAsync(scenario.Command, scenario.Reply, step);
        }

        await scenario.Provoke(bench);
    }
}
