using System.ComponentModel.DataAnnotations;
using Dashtam.Jobs.Core.Settings;

namespace Dashtam.Jobs.Core.Queue.Leases;

/// <summary>How long a worker that says nothing keeps its jobs.</summary>
internal sealed class LeaseOptions
{
    /// <summary>After this long without a heartbeat others take a worker's jobs; the same for all workers of a queue.</summary>
    [Setting("WORKER_LEASE_SECONDS"), Display(Name = "WORKER_LEASE_SECONDS"), Range(5, 3_600)]
    public int LeaseSeconds { get; set; } = 20;

    public TimeSpan Lease => TimeSpan.FromSeconds(LeaseSeconds);

    /// <summary>Four heartbeats fit into a lease: three may be lost.</summary>
    public TimeSpan HeartbeatInterval => Lease / 4;

    /// <summary>Heartbeats further apart than this, one of them lost, are a gap: the worker's lease may have run out in it.</summary>
    public TimeSpan LongestGap => HeartbeatInterval * 2;

    /// <summary>
    /// What a worker says of itself outlives its lease a little: whoever looks at a dead one wants to know who it was.
    /// </summary>
    public long AboutSeconds => (long)Lease.TotalSeconds * 3;

    /// <summary>How often a worker looks for dead ones: a fifth of a lease.</summary>
    public TimeSpan RecoveryInterval => Lease / 5;
}
