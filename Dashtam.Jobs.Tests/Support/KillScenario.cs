using System.Text;

namespace Dashtam.Jobs.Tests.Support;

/// <summary>
/// A command that workers send to Redis: how it comes to be sent, and what is counted when each job has ended once.
/// </summary>
/// <param name="Command">A Redis command, or a script's file.</param>
/// <param name="Provoke">Makes the worker send it, after the trap has been set.</param>
/// <param name="Counters">All counters of the queue in the end.</param>
internal sealed record KillScenario(
    string Command, Func<KillBench, Task> Provoke, params (string Name, long Count)[] Counters)
{
    private const string Succeeded = "run_canary:succeeded";
    private const string PutAside = "unknown:put_aside";

    private static readonly byte[] Job = Canary.Envelope("job");
    private static readonly byte[] SlowJob = Canary.Envelope("job", sleepMs: 2_000);
    private static readonly byte[] UnknownJob = Encoding.UTF8.GetBytes(
        """{"task_id": "job", "task_name": "run_nobody", "labels": {}, "args": [], "kwargs": {}}""");

    public static IReadOnlyList<KillScenario> All { get; } =
    [
        new("BLMOVE", Push(Job), (Succeeded, 1)) { Reply = "run_canary" },
        new("fetch.lua", Push([.. Enumerable.Range(1, 5).Select(id => Canary.Envelope($"{id}"))]), (Succeeded, 5))
            { Reply = "run_canary" },
        new("finish.lua", Push(Job), (Succeeded, 1)),
        new("retry.lua", Push(Canary.Envelope("job", failAttempts: 1)), ("run_canary:retried", 1), (Succeeded, 1)),
        new("dead_letter.lua", Push(Canary.Envelope("job", failAttempts: 9, labels: """{"max_retries": 1}""")),
            ("run_canary:dead_lettered", 1)),
        new("park.lua", Push(UnknownJob), (PutAside, 1)),
        new("unpark.lua", bench => bench.ParkAsync(Job), (Succeeded, 1)),
        new("expire_parked.lua", bench => bench.ParkAsync(UnknownJob), ("unknown:dead_lettered", 1))
            { Settings = [("JOBS_PARK_SECONDS", "1")] },
        new("fence.lua", Push(EffectOf("job")), (Succeeded, 1)),
        new("give_back.lua", Terminate, (Succeeded, 1))
            { Prepare = StartSlowJobAsync, Settings = [("WORKER_DRAIN_SECONDS", "0")] },
        new("hand_back.lua", Push(Canary.ShortWithSlow(3_000)), (Succeeded, 3_000))
            { Settings = [("WORKER_CONCURRENCY", "1")] },
        new("count_recycled.lua", Push(Canary.Hanging("ends", attempts: 1), Canary.Hanging("goes on", attempts: 2)),
            ("run_canary:retried", 1), ("run_canary:dead_lettered", 2))
            { Settings = [("WORKER_CONCURRENCY", "2"), .. Canary.LetHang] },
        new("depart.lua", Terminate, (Succeeded, 1)) { Prepare = Push(Job) },
        new("heartbeat.lua", Nothing, (Succeeded, 1)) { Prepare = StartSlowJobAsync },
        new("register_worker.lua", Push(Job), (Succeeded, 1)) { AtStart = true },
        new("find_stale.lua", Push(Job), (Succeeded, 1)),
        new("recover.lua", bench => bench.StrandAsync(Job), (Succeeded, 1)),
        new("expire_dead.lua", Push(Job), (Succeeded, 1), ("dead:expired", 1))
            { BeforeStart = bench => bench.Queue.AddDeadLetterAsync("old", since: 1), AtStart = true, Settings = [("JOBS_DEAD_MAX_DAYS", "1")] },
        new("epoch.lua", Push(Job), (Succeeded, 1)),
        new("report_progress.lua", Push(SlowJob), (Succeeded, 1)),
    ];

    /// <summary>Only an answer with this text in it counts.</summary>
    public string Reply { get; init; } = "";

    /// <summary>What happens before the trap is set.</summary>
    public Func<KillBench, Task> Prepare { get; init; } = Nothing;

    /// <summary>Whether the trap is set before the worker is started.</summary>
    public bool AtStart { get; init; }

    /// <summary>What happens before the worker is started.</summary>
    public Func<KillBench, Task> BeforeStart { get; init; } = Nothing;

    /// <summary>Beside the usual ones.</summary>
    public IReadOnlyList<(string Name, string Value)> Settings { get; init; } = [];

    /// <summary>How many jobs there are; a retry is counted beside the end.</summary>
    public long Jobs => Counters
        .Where(counter => !counter.Name.EndsWith(":retried", StringComparison.Ordinal)).Sum(counter => counter.Count);

    /// <summary>How many of them stay parked.</summary>
    public long Parked => Counters.Where(counter => counter.Name == PutAside).Sum(counter => counter.Count);

    /// <summary>How many of them stay as dead letters.</summary>
    public long Dead => Counters
        .Where(counter => counter.Name.EndsWith(":dead_lettered", StringComparison.Ordinal)).Sum(counter => counter.Count);

    public override string ToString() => Command;

    private static Func<KillBench, Task> Push(params byte[][] envelopes) => bench => bench.PushAsync(envelopes);

    private static Task Nothing(KillBench bench) => Task.CompletedTask;

    private static Task Terminate(KillBench bench) => bench.Victim.SignalAsync("TERM");

    private static async Task StartSlowJobAsync(KillBench bench)
    {
        await bench.PushAsync(SlowJob);
        await bench.Victim.UntilLoggedAsync("job_started");
    }

    private static byte[] EffectOf(string taskId) => Encoding.UTF8.GetBytes(
        $$$"""{"task_id": "{{{taskId}}}", "task_name": "run_canary", "labels": {}, "args": [], "kwargs": {"effect": "e"}}""");
}
