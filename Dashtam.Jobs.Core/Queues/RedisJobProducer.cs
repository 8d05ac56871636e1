using Dashtam.Jobs.Core.Queue.Producing;
using Dashtam.Jobs.Core.Wire;

namespace Dashtam.Jobs.Core.Queues;

/// <summary>Producers' side of all queues: finds the queue that each job goes to.</summary>
internal sealed class RedisJobProducer(IQueues queues, TimeProvider time) : IJobProducer
{
    /// <summary>TaskIQ's label for a queue other than the broker's own; an empty one names none, as there.</summary>
    private const string QueueLabel = "queue_name";

    public async Task<bool> EnqueueAsync(JobEnvelope envelope, EnqueueOptions options, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Delay, TimeSpan.Zero, nameof(options));
        TaskIdLimit.ThrowIfExceededBy(envelope.TaskId, nameof(envelope));
        var producer = queues.Get(Target(envelope, options)).Producer;
        var job = new EnqueuedJob(envelope.TaskId, envelope.ToUtf8());
        await producer.AdmitAsync(envelope.TaskId, cancellationToken);
        return await producer.EnqueueAsync([job], options.Durability, Delay(options, options.Delay), cancellationToken) is [];
    }

    public Task<BulkEnqueueResult> EnqueueManyAsync(
        IReadOnlyCollection<JobEnvelope> envelopes, EnqueueOptions options, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Delay, TimeSpan.Zero, nameof(options));
        var bulk = new BulkEnqueue(envelopes, envelope => Target(envelope, options));
        var producers = bulk.Queues.ToDictionary(name => name, name => queues.Get(name).Producer, StringComparer.Ordinal);
        var started = time.GetTimestamp();
        return bulk.RunAsync(
            (queue, firstTaskId) => producers[queue].AdmitAsync(firstTaskId, cancellationToken),
            (queue, jobs) =>
            {
                // The last chunk is due when the first is.
                var left = options.Delay - time.GetElapsedTime(started);
                var delay = Delay(options, left > TimeSpan.Zero ? left : TimeSpan.Zero);
                return producers[queue].EnqueueAsync(jobs.Span, options.Durability, delay, cancellationToken);
            });
    }

    private string Target(JobEnvelope envelope, EnqueueOptions options) =>
        options.Queue ?? (envelope.Labels.Text(QueueLabel) is { Length: > 0 } named ? named : queues.Default.Name);

    private static TimeSpan? Delay(EnqueueOptions options, TimeSpan left) => options.Delay > TimeSpan.Zero ? left : null;
}
