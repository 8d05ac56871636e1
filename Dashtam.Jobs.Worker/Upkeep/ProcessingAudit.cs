using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using Dashtam.Jobs.Core.Hosting;
using Dashtam.Jobs.Core.Infrastructure.Redis;
using Dashtam.Jobs.Core.Logging;
using Dashtam.Jobs.Core.Queue;
using Dashtam.Jobs.Core.Queue.Leases;
using Dashtam.Jobs.Worker.Running;
using Dashtam.Jobs.Worker.Session;
using StackExchange.Redis;

namespace Dashtam.Jobs.Worker.Upkeep;

/// <summary>
/// Compares what Redis believes this worker holds with what it knows: a fetch whose reply was lost has left jobs in the list of
/// a worker that lives and would never run them.
/// </summary>
internal sealed partial class ProcessingAudit(
    string queue, IProcessingJobs processing, WorkerSession session, RunningJobs running, TimeProvider time, ILogger<ProcessingAudit> logger)
    : BackgroundService
{
    /// <summary>
    /// Longer than the client's deadline, 5 s and up to one more until it is noticed: what is unknown before and after such a pause is no reply that is still under way.
    /// </summary>
    internal static readonly TimeSpan SecondLook = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan PauseAfterFailure = TimeSpan.FromSeconds(1);

    private readonly Signal _requests = new();

    private readonly ConcurrentQueue<Delivery> _adopted = new();

    /// <summary>Asks for a comparison; one that is under way serves all who ask meanwhile.</summary>
    public void Request() => _requests.Set();

    /// <summary>The delivery that <see cref="TryAdopt"/> gives next; null: none.</summary>
    public Delivery? NextAdopted => _adopted.TryPeek(out var next) ? next : null;

    /// <summary>A delivery that was found; the pump runs it like a fetched one.</summary>
    public bool TryAdopt([MaybeNullWhen(false)] out Delivery delivery) => _adopted.TryDequeue(out delivery);

    /// <summary>Entries that nobody here knows, once nothing is being fetched any more.</summary>
    public async Task<IReadOnlyList<Delivery>> FindUnknownAsync(CancellationToken cancellationToken)
    {
        var worker = session.Name;
        var known = running.HeldBy(worker).Concat(_adopted)
            .CountBy(delivery => Convert.ToHexString(delivery.Envelope), StringComparer.Ordinal)
            .ToDictionary(StringComparer.Ordinal);
        var unknown = new List<Delivery>();
        foreach (var envelope in await processing.ListAsync(worker, cancellationToken))
        {
            var key = Convert.ToHexString(envelope);
            if (known.GetValueOrDefault(key) is > 0 and var count)
            {
                known[key] = count - 1;
            }
            else
            {
                unknown.Add(new Delivery(envelope, worker) { Queue = queue });
            }
        }

        return unknown;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await _requests.WaitAsync(stoppingToken);
                await CompareAsync(stoppingToken);
            }
            catch (Exception error) when (RedisFailure.Is(error))
            {
                LogFailed(error.Message);
                Request();
                await Task.Delay(PauseAfterFailure, time, stoppingToken)
                    .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
        }
    }

    private async Task CompareAsync(CancellationToken stoppingToken)
    {
        var first = await FindUnknownAsync(stoppingToken);
        if (first.Count == 0)
        {
            return;
        }

        await Task.Delay(SecondLook, time, stoppingToken);
        var seenBefore = first
            .CountBy(delivery => Convert.ToHexString(delivery.Envelope), StringComparer.Ordinal)
            .ToDictionary(StringComparer.Ordinal);
        var lines = new FirstLines();
        foreach (var delivery in await FindUnknownAsync(stoppingToken))
        {
            var key = Convert.ToHexString(delivery.Envelope);
            if (delivery.Worker == first[0].Worker && seenBefore.GetValueOrDefault(key) is > 0 and var count)
            {
                seenBefore[key] = count - 1;
                _adopted.Enqueue(delivery with { Moves = await processing.MovesAsync(delivery.Envelope, stoppingToken) });
                if (lines.Next())
                {
                    LogAdopted(delivery.ShortTaskId, delivery.Worker, delivery.Envelope.Length);
                }
            }
        }

        lines.SayRest(LogMoreAdopted);
    }

    [LoggerMessage(EventName = "delivery_adopted", Level = LogLevel.Warning,
        Message = "Found job {TaskId} ({Bytes} bytes) in the processing list of worker {Worker}, which did not know "
            + "of the job: a reply of Redis was lost. The worker runs the job now")]
    private partial void LogAdopted(string taskId, string worker, int bytes);

    [LoggerMessage(EventName = "deliveries_adopted", Level = LogLevel.Warning,
        Message = "Found further jobs in the processing list that the worker did not know of: a reply of Redis was "
            + "lost (jobs: {More}). The worker runs these jobs now; the first ten have lines of their own")]
    private partial void LogMoreAdopted(int more);

    [LoggerMessage(EventName = "audit_failed", Level = LogLevel.Warning,
        Message = "Cannot compare the processing list with the jobs of this worker: {Problem}. Retrying")]
    private partial void LogFailed(string problem);
}
