namespace Dashtam.Jobs.Faults.Planning;

/// <summary>How often a kind of fault comes, whom it hits and how long it lasts.</summary>
/// <param name="Kind">The fault.</param>
/// <param name="Weight">Out of the sum of all.</param>
/// <param name="Targets">One of them is taken.</param>
/// <param name="ShortestMs">How long it lasts at least.</param>
/// <param name="LongestMs">How long it lasts at most.</param>
/// <param name="RecoveryMs">How long its target is spared faults that need it, after that.</param>
internal sealed record FaultShare(
    FaultKind Kind, int Weight, IReadOnlyList<string> Targets, int ShortestMs, int LongestMs, int RecoveryMs)
{
    /// <summary>Whether it needs a target that no other fault has taken away.</summary>
    public bool TakesTarget => RecoveryMs > 0;
}

/// <summary>The mix: cheap faults often, those that cost seconds seldom.</summary>
internal static class FaultMix
{
    public const string Redis = "redis";
    public const string Producer = "producer";

    public static readonly IReadOnlyList<string> Workers = ["worker-1", "worker-2", "worker-3"];
    public static readonly IReadOnlyList<string> Schedulers = ["scheduler-1", "scheduler-2"];
    private static readonly IReadOnlyList<string> Clients = [.. Workers, .. Schedulers, Producer];
    private static readonly IReadOnlyList<string> OnlyRedis = [Redis];
    private const int RestartsMore = 6;

    /// <summary>The mix of an upgrade: one fault in seven is a restart, and each restart changes the build.</summary>
    /// <inheritdoc cref="For"/>
    public static IReadOnlyList<FaultShare> WithRestarts(int leaseMs) =>
    [
        .. For(leaseMs).Select(share => share.Kind is FaultKind.WorkerKill or FaultKind.WorkerTerm
            or FaultKind.SchedulerKill or FaultKind.SchedulerTerm
            ? share with { Weight = share.Weight * RestartsMore }
            : share),
    ];

    /// <param name="leaseMs">A worker stands still for longer than this.</param>
    public static IReadOnlyList<FaultShare> For(int leaseMs) =>
    [
        new(FaultKind.ClientKill, 260, OnlyRedis, 0, 0, 0),
        new(FaultKind.ConnectionsCut, 210, Clients, 0, 0, 0),
        new(FaultKind.ReplyLost, 170, Clients, 200, 1_500, 0),
        new(FaultKind.ConnectionsDelayed, 80, Clients, 200, 1_500, 0),
        new(FaultKind.HalfOpen, 30, Clients, 300, 7_000, 0),
        new(FaultKind.ConnectionsRefused, 30, Clients, 200, 2_500, 0),
        new(FaultKind.IdleClosed, 16, OnlyRedis, 3_000, 9_000, 0),
        new(FaultKind.LogStall, 20, Workers, 6_000, 12_000, 1_000),
        new(FaultKind.ScriptFlush, 110, OnlyRedis, 0, 0, 0),
        new(FaultKind.ClientPauseAll, 20, OnlyRedis, 50, 900, 0),
        new(FaultKind.ClientPauseWrite, 20, OnlyRedis, 50, 900, 0),
        new(FaultKind.RedisSleep, 18, OnlyRedis, 50, 900, 0),
        new(FaultKind.RedisKill, 4, OnlyRedis, 100, 2_500, 1_500),
        new(FaultKind.RedisStop, 4, OnlyRedis, 100, 2_500, 1_500),
        new(FaultKind.RedisClock, 12, OnlyRedis, 2_000, 7_000, 2_500),
        new(FaultKind.WorkerKill, 12, Workers, 0, 1_500, 5_000),
        new(FaultKind.WorkerTerm, 7, Workers, 0, 500, 6_000),
        new(FaultKind.WorkerPause, 6, Workers, leaseMs + 1_000, leaseMs + 6_000, 2_000),
        new(FaultKind.SchedulerKill, 5, Schedulers, 0, 1_500, 5_000),
        new(FaultKind.SchedulerTerm, 4, Schedulers, 0, 500, 5_000),
        new(FaultKind.SchedulerPause, 4, Schedulers, 2_000, 9_000, 2_000),
        new(FaultKind.ClockStep, 4, Schedulers, 2_000, 8_000, 2_000),
        new(FaultKind.PoisonJob, 2, [Producer], 0, 0, 0),
    ];
}
