using Dashtam.Jobs.Core.Infrastructure.Redis;
using Dashtam.Jobs.Core.Queue.DeadLetters;
using Dashtam.Jobs.Core.Queue.Leaving;
using Microsoft.Extensions.Options;
using StackExchange.Redis;

namespace Dashtam.Jobs.Core.Queue.Leases;

/// <summary>Which workers there are, and whose lease has run out.</summary>
internal interface IWorkerRegistry
{
    /// <summary>Begins an incarnation.</summary>
    /// <param name="worker">Its name, never used before.</param>
    /// <param name="lostName">The name that it replaces, whose list is looked at from now on; null: none.</param>
    /// <param name="about">What the worker says of itself.</param>
    /// <param name="cancellationToken">Ends the wait for the reply.</param>
    Task RegisterAsync(
        string worker, string? lostName, IReadOnlyDictionary<string, string> about, CancellationToken cancellationToken);

    /// <summary>
    /// Workers whose lease has run out and, for one caller in a while, those departed ones that hold something or can be forgotten.
    /// </summary>
    Task<IReadOnlyList<string>> FindOrphanedAsync(CancellationToken cancellationToken);

    /// <summary>Makes a dead worker's jobs ready again, a thousand at most.</summary>
    /// <param name="deadWorker">Whose lease has run out, or who departed.</param>
    /// <param name="judge">The worker that says so, which must hold a fresh lease itself; null: an operator does.</param>
    /// <param name="cancellationToken">Ends the wait for the reply.</param>
    /// <returns>Null: it turned out to be alive, or its judge did not.</returns>
    Task<RecoveredJobs?> RecoverAsync(string deadWorker, string? judge, CancellationToken cancellationToken);

    /// <summary>Ends an incarnation at a graceful stop.</summary>
    Task DepartAsync(string worker, CancellationToken cancellationToken);
}

/// <summary>What one recovery did.</summary>
/// <param name="Moved">Envelopes taken out of the dead worker's list.</param>
/// <param name="TooLarge">Of these, the dead letters: they are larger than <c>JOBS_MAX_ENVELOPE_BYTES</c>.</param>
internal readonly record struct RecoveredJobs(int Moved, int TooLarge);

/// <summary>The registry in Redis.</summary>
internal sealed class WorkerRegistry(
    IRedisConnections connections, QueueKeys keys, IOptions<QueueOptions> queue, IOptions<LeaseOptions> lease) : IWorkerRegistry
{
    /// <summary>Envelopes that one recovery moves at most: the script stays short.</summary>
    internal const int EnvelopesMovedAtOnce = 1_000;

    private const int ListsAskedAtOnce = 1_000;
    private static readonly TimeSpan DepartedRemembered = TimeSpan.FromHours(1);

    private readonly RedisScript _register = RedisScript.Load("register_worker.lua");
    private readonly RedisScript _findStale = RedisScript.Load("find_stale.lua");
    private readonly RedisScript _recover = RedisScript.Load("recover.lua");
    private readonly RedisScript _depart = RedisScript.Load("depart.lua");

    private IDatabase Database => connections.Queue;

    private long LeaseMs => (long)lease.Value.Lease.TotalMilliseconds;

    public async Task RegisterAsync(
        string worker, string? lostName, IReadOnlyDictionary<string, string> about, CancellationToken cancellationToken)
    {
        var fields = about.SelectMany(pair => new RedisValue[] { pair.Key, pair.Value });
        await _register.RunAsync(
            Database,
            [keys.Workers, keys.Worker(worker), keys.Departed],
            [worker, lease.Value.AboutSeconds, lostName ?? "", .. fields],
            cancellationToken);
    }

    public async Task<IReadOnlyList<string>> FindOrphanedAsync(CancellationToken cancellationToken)
    {
        var reply = await _findStale.RunAsync(
            Database, [keys.Workers, keys.Departed, keys.DepartedClaim], [LeaseMs, LeaseMs], cancellationToken);
        var forgottenBefore = (long)reply[0] - DepartedRemembered.TotalMilliseconds;
        var orphaned = new List<string>((string[])reply[1]!);
        foreach (var some in ((RedisResult[])reply[2]!).Chunk(2).Chunk(ListsAskedAtOnce))
        {
            var hold = await Task.WhenAll(some.Select(pair => MayHoldAsync((string)pair[0]!))).WaitAsync(cancellationToken);

            // A departed worker is recovered again whenever it turns out to hold something, and forgotten when it long has not.
            orphaned.AddRange(some.Zip(hold)
                .Where(one => one.Second || (double)one.First[1] < forgottenBefore)
                .Select(one => (string)one.First[0]!));
        }

        return orphaned;
    }

    public async Task<RecoveredJobs?> RecoverAsync(string deadWorker, string? judge, CancellationToken cancellationToken)
    {
        RedisKey[] touched =
        [
            keys.Workers, keys.Departed, keys.Processing(deadWorker), keys.Ready, keys.Suspects,
            keys.Dead, keys.DeadEntries, keys.DeadBytes, keys.Sequence, keys.Stats, keys.Isolated,
        ];
        RedisValue[] arguments =
        [
            deadWorker, LeaseMs, EnvelopesMovedAtOnce,
            queue.Value.MaxEnvelopeBytes, Rejections.TooLarge(queue.Value.MaxEnvelopeBytes).ToInfo(),
            queue.Value.DeadMaxEntries, queue.Value.DeadMaxBytes, (long)DepartedRemembered.TotalMilliseconds,
            Delivery.AloneFrom, judge ?? "", (long)lease.Value.LongestGap.TotalMilliseconds,
            ExitTable.Row(ExitKind.TooLarge),
        ];
        var reply = await _recover.RunAsync(Database, touched, arguments, cancellationToken);
        var moved = (int)reply[0];
        if (moved > 0)
        {
            // Nothing else tells idle workers of suspects that are to run alone.
            await Database.PublishAsync(RedisChannel.Literal(keys.WakeChannel), 0, CommandFlags.FireAndForget);
        }

        return moved < 0 ? null : new RecoveredJobs(moved, (int)reply[1]);
    }

    public Task DepartAsync(string worker, CancellationToken cancellationToken) =>
        _depart.RunAsync(
            Database, [keys.Workers, keys.Departed, keys.Worker(worker)], [worker], cancellationToken);

    private async Task<bool> MayHoldAsync(string worker)
    {
        try
        {
            return await Database.ListLengthAsync(keys.Processing(worker)) > 0;
        }
        catch (RedisServerException)
        {
            return true; // a key of another type: recovery says so
        }
    }
}
