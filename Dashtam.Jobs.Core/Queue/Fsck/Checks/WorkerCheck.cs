using System.Runtime.CompilerServices;
using StackExchange.Redis;

namespace Dashtam.Jobs.Core.Queue.Fsck.Checks;

/// <summary>Registered workers: dead ones that nobody recovers, and living ones that hold a job for too long.</summary>
internal sealed class WorkerCheck : IFsckCheck
{
    public string Subject => "workers";

    public async IAsyncEnumerable<Candidate> FindAsync(
        FsckScope scope, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var dead = new List<(RedisValue Worker, double Heartbeat)>();
        await foreach (var entry in scope.MembersAsync(scope.Keys.Workers, cancellationToken))
        {
            var now = await scope.NowAsync();
            if (IsAhead(scope, entry.Score, now))
            {
                yield return Ahead(scope, entry.Element);
            }
            else if (entry.Score >= now - Lease(scope))
            {
                if (await StuckAsync(scope, entry.Element, now) is { } stuck)
                {
                    yield return stuck;
                }
            }
            else if (await IsDeadAsync(scope, entry.Element, entry.Score, now))
            {
                dead.Add((entry.Element, entry.Score));
            }
        }

        if (dead.Count == 0)
        {
            yield break;
        }

        // As for recovery: after an outage of Redis everybody looks dead, so whoever judges has seen it work for a whole lease.
        await Task.Delay(scope.Tools.Lease.Lease, scope.Time, cancellationToken);
        foreach (var (worker, heartbeat) in dead)
        {
            yield return Dead(scope, worker, heartbeat);
        }
    }

    private static double Lease(FsckScope scope) => scope.Tools.Lease.Lease.TotalMilliseconds;

    private static bool IsAhead(FsckScope scope, double heartbeat, long now) => heartbeat > now + Lease(scope);

    // Its own hash lives for three leases: so a worker with a longer lease than the one configured here is not taken for dead.
    private static async Task<bool> IsDeadAsync(FsckScope scope, RedisValue worker, double heartbeat, long now) =>
        heartbeat < now - Lease(scope) - scope.Options.RecoveryPatience.TotalMilliseconds
        && !await scope.Database.KeyExistsAsync(scope.Keys.Worker(worker!));

    private static Candidate Dead(FsckScope scope, RedisValue worker, double heartbeat) => new(
        FindingKind.DeadWorker, scope.Keys.Workers, $"{worker}: its last heartbeat is long ago",
        StillThere: async () => await scope.Database.SortedSetScoreAsync(scope.Keys.Workers, worker) == heartbeat,
        Repair: () => Recovery.RecoverAsync(scope, worker!));

    private static Candidate Ahead(FsckScope scope, RedisValue worker) => new(
        FindingKind.HeartbeatAhead, scope.Keys.Workers, $"{worker}: its last heartbeat is in Redis' future",
        StillThere: async () => await scope.Database.SortedSetScoreAsync(scope.Keys.Workers, worker) is { } heartbeat
            && IsAhead(scope, heartbeat, await scope.NowAsync()),
        Repair: async () => await scope.Database.SortedSetUpdateAsync(
            scope.Keys.Workers, worker, await scope.NowAsync(), SortedSetWhen.Exists | SortedSetWhen.LessThan));

    /// <summary>A worker's heartbeat says since when its oldest run goes on, and how long it may; absent: unknown.</summary>
    private static async Task<Candidate?> StuckAsync(FsckScope scope, RedisValue worker, long now)
    {
        var key = scope.Keys.Worker(worker!);
        if (await OverdueAsync(scope, key, now) is not { } taskId)
        {
            return null;
        }

        return new Candidate(
            FindingKind.StuckEntry, key, $"task {taskId} has run for longer than its timeout and grace",
            StillThere: async () => await OverdueAsync(scope, key, await scope.NowAsync()) == taskId);
    }

    private static async Task<string?> OverdueAsync(FsckScope scope, RedisKey key, long now)
    {
        if (await scope.Database.KeyTypeAsync(key) != RedisType.Hash)
        {
            return null;
        }

        var fields = await scope.Database.HashGetAsync(key, ["oldest_started_ms", "oldest_limit_ms", "oldest_task_id"]);

        // The hash is as old as the last heartbeat, at most a lease. A missing field would be read as 0.
        return !fields[0].IsNull && !fields[1].IsNull && fields[0].TryParse(out long started) && fields[1].TryParse(out long limit)
            && now - started > limit + Lease(scope)
                ? (string?)fields[2] ?? ""
                : null;
    }
}
