using Dashtam.Jobs.Core.Queue.DeadLetters;
using Dashtam.Jobs.Core.Queue.Leases;
using Dashtam.Jobs.Core.Queue.Parked;

namespace Dashtam.Jobs.Tests.Support.Fakes;

/// <summary>A lease whose answers a test decides, and a parking place that is empty.</summary>
internal sealed class FakeLease : ILease, IParkedJobs
{
    /// <summary>What the next heartbeats are answered.</summary>
    public Heartbeat Next { get; set; } = new(Alive: true, Held: 0, Parked: 0, Dropped: 0, TimeSpan.FromSeconds(5), DateTimeOffset.UnixEpoch);

    /// <summary>Whether the next heartbeats have no answer.</summary>
    public bool Fails { get; set; }

    public List<HeartbeatReport> Reports { get; } = [];

    public Heartbeat Renew(string worker, HeartbeatReport report)
    {
        Reports.Add(report);
        return Fails ? throw new TimeoutException("no answer") : Next;
    }

    public Task<IReadOnlyList<(byte[] Member, double Since)>> ListAsync(
        double since, int skip, int take, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<(byte[] Member, double Since)>>([]);

    public Task<bool> UnparkAsync(byte[] member, CancellationToken cancellationToken) => Task.FromResult(false);

    public Task<bool> ExpireAsync(byte[] member, DeadLetter letter, CancellationToken cancellationToken) => Task.FromResult(false);

    public void Dispose()
    {
    }
}
