using System.Globalization;

namespace Dashtam.Jobs.Faults.Lab;

/// <summary>How the processes of a run are set; some of it is drawn from the seed.</summary>
internal sealed record LabSettings
{
    public const int LeaseSeconds = 5;

    /// <summary>Often enough that most instants meet a fault.</summary>
    public const string TokenCron = "*/3 * * * * ?";

    /// <summary>Seldom enough that every outage is over before the next instant.</summary>
    public const string SessionCron = "*/20 * * * * ?";

    public required int Concurrency { get; init; }

    public required double DrainSeconds { get; init; }

    public required double GraceSeconds { get; init; }

    public required int PoolThreads { get; init; }

    /// <summary>Whether Redis' journal is read at the end.</summary>
    public bool KeepsJournal { get; init; } = true;

    /// <summary>The folder with another commit's build of this suite, whose processes take turns with this one's; null: none.</summary>
    public string? OtherBuild { get; init; }

    /// <summary>The other queue of a run with two.</summary>
    private const string OtherQueue = "dashtam:other";

    /// <summary>How the workers serve two queues: <c>WORKER_QUEUES</c>; null: they serve one.</summary>
    public string? WorkerQueues { get; init; }

    /// <summary>The queues' names, the first one first.</summary>
    public IReadOnlyList<string> QueueNames => WorkerQueues is null ? [Laboratory.QueueOptions.Name] : [Laboratory.QueueOptions.Name, OtherQueue];

    /// <summary>Settings over all others.</summary>
    public IReadOnlyDictionary<string, string> More { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>The size of the youngest generation, as in deploy/Dockerfile.</summary>
    public const string WorkerGeneration = "0x2000000";

    /// <inheritdoc cref="WorkerGeneration"/>
    public const string SchedulerGeneration = "0x400000";

    /// <summary>
    /// For a long run without faults: the defaults, except that results go soon, so that their number settles.
    /// </summary>
    public static LabSettings Soak(string resultTtlSeconds) => new()
    {
        Concurrency = 10,
        DrainSeconds = 30,
        GraceSeconds = 5,
        PoolThreads = 2,
        KeepsJournal = false,
        More = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["JOB_RESULT_TTL"] = resultTtlSeconds,
            ["LOG_LEVEL"] = "ERROR",
            ["WORKER_LEASE_SECONDS"] = "20",
        },
    };

    public static LabSettings Draw(int seed)
    {
        var random = new Random(seed);
        int[] concurrencies = [8, 15, 30];
        return new LabSettings
        {
            Concurrency = concurrencies[random.Next(concurrencies.Length)],
            DrainSeconds = random.Next(0, 3),
            GraceSeconds = random.Next(1, 20) / 10.0,
            PoolThreads = random.Next(2, 9),
            WorkerQueues = random.Next(3) switch
            {
                0 => $"{Laboratory.QueueOptions.Name}=3,{OtherQueue}=1",
                1 => $"{OtherQueue}=2,{Laboratory.QueueOptions.Name}=1",
                _ => $"{OtherQueue},{Laboratory.QueueOptions.Name}", // strict; the fewer jobs come first, so that neither starves
            },
        };
    }

    /// <summary>A process' environment.</summary>
    /// <param name="redisPort">Its proxy's.</param>
    /// <param name="folder">Where its sample database is.</param>
    public Dictionary<string, string> Environment(int redisPort, string folder)
    {
        var environment = Base(redisPort, folder);
        if (WorkerQueues is not null)
        {
            environment["WORKER_QUEUES"] = WorkerQueues;
        }

        foreach (var (name, value) in More)
        {
            environment[name] = value;
        }

        return environment;
    }

    private Dictionary<string, string> Base(int redisPort, string folder) => new(StringComparer.Ordinal)
    {
        ["REDIS_URL"] = string.Create(CultureInfo.InvariantCulture, $"redis://127.0.0.1:{redisPort}/0"),
        // Development without DATABASE_URL: a SQLite file with sample rows in the temporary folder.
        ["DOTNET_ENVIRONMENT"] = "Development",
        ["TMPDIR"] = folder,
        ["DOTNET_GCgen0size"] = WorkerGeneration,
        ["DOTNET_EnableDiagnostics"] = "0", // leaves a socket and two pipes behind for each process that was killed
        ["WORKER_LEASE_SECONDS"] = Text(LeaseSeconds),
        ["WORKER_CONCURRENCY"] = Text(Concurrency),
        ["WORKER_DRAIN_SECONDS"] = Text(DrainSeconds),
        ["WORKER_CANCEL_GRACE_SECONDS"] = Text(GraceSeconds),
        ["JOBS_RETRY_BASE_SECONDS"] = "0.2",
        ["JOBS_RETRY_MAX_SECONDS"] = "2",
        ["JOBS_CANARY_HARMFUL"] = "true",
        ["TOKEN_CHECK_CRON"] = TokenCron,
        ["SESSION_CHECK_CRON"] = SessionCron,
        ["DOTNET_ThreadPool_ForceMinWorkerThreads"] = PoolThreads.ToString("x", CultureInfo.InvariantCulture),
    };

    private static string Text(double number) => number.ToString(CultureInfo.InvariantCulture);
}
