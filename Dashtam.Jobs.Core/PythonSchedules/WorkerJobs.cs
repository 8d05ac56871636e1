using Dashtam.Jobs.Core.Infrastructure.Redis;
using Dashtam.Jobs.Core.Queue;

namespace Dashtam.Jobs.Core.PythonSchedules;

/// <summary>The jobs that living workers know: a newer worker may know more of them than this process.</summary>
internal interface IWorkerJobs
{
    /// <summary>Their names, short.</summary>
    Task<IReadOnlySet<string>> ReadAsync(CancellationToken cancellationToken);
}

/// <summary>What the workers say of themselves in Redis; what a dead one said expires.</summary>
internal sealed class WorkerJobs(IRedisConnections connections, QueueKeys keys) : IWorkerJobs
{
    /// <summary>The field of a worker's hash, names apart by commas.</summary>
    internal const string Field = "jobs";

    public async Task<IReadOnlySet<string>> ReadAsync(CancellationToken cancellationToken)
    {
        var database = connections.Queue;
        var workers = await database.SortedSetRangeByRankAsync(keys.Workers).WaitAsync(cancellationToken);
        var said = await Task.WhenAll(workers.Select(worker => database.HashGetAsync(keys.Worker(worker.ToString()), Field)))
            .WaitAsync(cancellationToken);
        return said.SelectMany(jobs => jobs.ToString().Split(',')).ToHashSet(StringComparer.Ordinal);
    }
}
