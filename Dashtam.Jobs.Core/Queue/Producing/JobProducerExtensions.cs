using Dashtam.Jobs.Core.Wire;

namespace Dashtam.Jobs.Core.Queue.Producing;

/// <summary>The ordinary enqueue, said shortly.</summary>
public static class JobProducerExtensions
{
    /// <summary>Makes a job ready, or due after <paramref name="delay"/>, in Redis' memory.</summary>
    /// <inheritdoc cref="IJobProducer.EnqueueAsync"/>
    public static Task<bool> EnqueueAsync(
        this IJobProducer producer, JobEnvelope envelope, TimeSpan delay, CancellationToken cancellationToken) =>
        producer.EnqueueAsync(envelope, new EnqueueOptions { Delay = delay }, cancellationToken);
}
