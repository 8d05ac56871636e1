using Dashtam.Jobs.Core.Execution.Catalog;
using Dashtam.Jobs.Core.Queue.Leases;

namespace Dashtam.Jobs.Scheduler.PythonSchedules;

/// <summary>Whether anybody here knows a job: this scheduler, or a living worker.</summary>
internal sealed class KnownJobs(JobCatalog catalog, IWorkerJobs workers, TimeProvider time)
{
    // Another program's entries may be many: their names must not cost a look at all workers each.
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(5);

    private IReadOnlySet<string> _ofWorkers = new HashSet<string>(StringComparer.Ordinal);
    private long? _readAt;

    /// <summary>The job of this scheduler that was probably meant; null: none is like it.</summary>
    public string? Nearest(string taskName) => catalog.Nearest(taskName);

    public async Task<bool> KnowAsync(string taskName, CancellationToken stoppingToken)
    {
        if (catalog.Find(taskName) is not null)
        {
            return true;
        }

        if (_readAt is not { } at || time.GetElapsedTime(at) >= Fresh)
        {
            _ofWorkers = await workers.ReadAsync(stoppingToken);
            _readAt = time.GetTimestamp();
        }

        return _ofWorkers.Contains(JobCatalog.FunctionIn(taskName));
    }
}
