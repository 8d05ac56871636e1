using Dashtam.Jobs.Core.Infrastructure.Redis;
using StackExchange.Redis;

namespace Dashtam.Jobs.Core.Queue.Leases;

/// <summary>The jobs that living workers know: a newer worker may know more of them than this process.</summary>
internal interface IWorkerJobs
{
    /// <summary>The short names of all that any worker knows.</summary>
    Task<IReadOnlySet<string>> ReadAsync(CancellationToken cancellationToken);

    /// <summary>What each of some workers knows: those whose heartbeats are the latest.</summary>
    /// <param name="most">How many workers at most.</param>
    /// <param name="cancellationToken">Ends the wait for the reply.</param>
    Task<IReadOnlyDictionary<string, IReadOnlySet<string>>> ReadEachAsync(int most, CancellationToken cancellationToken);
}

/// <summary>What the workers say of themselves in Redis; what a dead one said expires.</summary>
internal sealed class WorkerJobs(IRedisConnections connections, QueueKeys keys) : IWorkerJobs
{
    /// <summary>The field of a worker's hash, names apart by commas.</summary>
    internal const string Field = "jobs";

    public async Task<IReadOnlySet<string>> ReadAsync(CancellationToken cancellationToken) =>
        (await ReadFromAsync(0, cancellationToken)).Values.SelectMany(jobs => jobs).ToHashSet(StringComparer.Ordinal);

    public Task<IReadOnlyDictionary<string, IReadOnlySet<string>>> ReadEachAsync(int most, CancellationToken cancellationToken) =>
        ReadFromAsync(-most, cancellationToken);

    private async Task<IReadOnlyDictionary<string, IReadOnlySet<string>>> ReadFromAsync(long first, CancellationToken cancellationToken)
    {
        var database = connections.Queue;
        var workers = await database.SortedSetRangeByRankAsync(keys.Workers, first).WaitAsync(cancellationToken);
        var said = await Task.WhenAll(workers.Select(worker => database.HashGetAsync(keys.Worker(worker.ToString()), Field)))
            .WaitAsync(cancellationToken);
        return workers.Zip(said)
            .Where(one => one.Second.HasValue) // one without is about to register, or its hash has expired
            .ToDictionary(one => one.First.ToString(), one => (IReadOnlySet<string>)Names(one.Second), StringComparer.Ordinal);
    }

    private static HashSet<string> Names(RedisValue jobs) => jobs.ToString().Split(',').ToHashSet(StringComparer.Ordinal);
}
