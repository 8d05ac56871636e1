using Dashtam.Jobs.Core.Queue;
using Dashtam.Jobs.Core.Queue.Fetching;
using Dashtam.Jobs.Core.Queue.Leases;
using Dashtam.Jobs.Core.Queue.Leaving;

namespace Dashtam.Jobs.Tests.Support;

/// <summary>What a worker does with a test's queue, each as one call.</summary>
internal sealed class TestJobs(IJobFetcher fetcher, IJobExits exits, IProcessingJobs processing) : IJobFetcher, IJobExits, IProcessingJobs
{
    public Task<FetchedBatch> FetchAsync(string worker, FetchRequest wanted, CancellationToken cancellationToken) =>
        fetcher.FetchAsync(worker, wanted, cancellationToken);

    public Task<Settlement> LeaveAsync(Delivery delivery, Exit exit, CancellationToken cancellationToken) =>
        exits.LeaveAsync(delivery, exit, cancellationToken);

    public Task<Settlement> HandBackAsync(IReadOnlyList<Delivery> deliveries, CancellationToken cancellationToken) =>
        exits.HandBackAsync(deliveries, cancellationToken);

    public Task<Settlement> HandBackAsync(string worker, IReadOnlyList<byte[]> envelopes, CancellationToken cancellationToken) =>
        HandBackAsync([.. envelopes.Select(envelope => new Delivery(envelope, worker))], cancellationToken);

    public Task<IReadOnlyList<byte[]>> ListAsync(string worker, CancellationToken cancellationToken) =>
        processing.ListAsync(worker, cancellationToken);

    public Task<int> MovesAsync(byte[] envelope, CancellationToken cancellationToken) => processing.MovesAsync(envelope, cancellationToken);

    public Task<int> CountRecycledAsync(IReadOnlyCollection<HangingJob> jobs, CancellationToken cancellationToken) =>
        processing.CountRecycledAsync(jobs, cancellationToken);
}
