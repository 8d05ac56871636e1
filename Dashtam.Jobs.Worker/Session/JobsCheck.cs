using Dashtam.Jobs.Core.Execution.Catalog;
using Dashtam.Jobs.Core.Infrastructure.Redis;
using Dashtam.Jobs.Core.Logging;
using Dashtam.Jobs.Core.Queue.Leases;

namespace Dashtam.Jobs.Worker.Session;

/// <summary>
/// Says once, at the start, which jobs of this worker other workers of the same queue do not know, or the other way round: such a job is
/// parked whenever one of those who do not know it takes it. That is well for the minutes of a deployment, and a mistake for longer.
/// </summary>
internal sealed partial class JobsCheck(
    IWorkerJobs workers, WorkerSession session, JobCatalog catalog, ILogger<JobsCheck> logger) : BackgroundService
{
    /// <summary>Workers that are looked at: a thousand that start together must not each read a thousand.</summary>
    internal const int MostWorkers = 20;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await session.Registered.WaitAsync(stoppingToken);
            await LookAsync(stoppingToken);
        }
        catch (Exception error) when (RedisFailure.Is(error) || (error is OperationCanceledException && stoppingToken.IsCancellationRequested))
        {
            // It is a hint: whoever works with Redis says that it is away.
        }
    }

    private async Task LookAsync(CancellationToken stoppingToken)
    {
        var own = catalog.Jobs.Select(job => job.Name).ToHashSet(StringComparer.Ordinal);
        var others = (await workers.ReadEachAsync(MostWorkers, stoppingToken)).Where(other => other.Key != session.Name).ToList();
        var unknownThere = others.SelectMany(other => own.Except(other.Value, StringComparer.Ordinal)).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).ToList();
        var unknownHere = others.SelectMany(other => other.Value.Except(own, StringComparer.Ordinal)).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).ToList();
        if (unknownThere.Count + unknownHere.Count > 0)
        {
            LogUneven(Text(unknownThere), Text(unknownHere));
        }
    }

    private static string Text(List<string> jobs) => jobs.Count == 0 ? "none" : NamedList.Of(jobs);

    [LoggerMessage(EventName = "workers_uneven", Level = LogLevel.Warning,
        Message = "Workers of this queue do not know the same jobs. Jobs that only this worker knows: {OnlyHere}. Jobs that only other workers know: "
            + "{OnlyThere}. A job is parked when a worker takes it that does not know it. During a deployment that passes; else give "
            + "these jobs a queue of their own")]
    private partial void LogUneven(string onlyHere, string onlyThere);
}
