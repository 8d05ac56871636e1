using System.ComponentModel.DataAnnotations;
using Dashtam.Jobs.Core.Settings;

namespace Dashtam.Jobs.Core.Queue.Leases;

/// <summary>How long a worker that says nothing keeps its jobs.</summary>
internal sealed class LeaseOptions
{
    /// <summary>
    /// A worker without a heartbeat for this long loses its jobs to the other workers. All workers of a queue have the same value.
    /// </summary>
    [Setting("WORKER_LEASE_SECONDS"), Display(Name = "WORKER_LEASE_SECONDS"), Range(5, 3_600)]
    public int LeaseSeconds { get; set; } = 20;

    public TimeSpan Lease => TimeSpan.FromSeconds(LeaseSeconds);

    /// <summary>Four heartbeats fit into a lease: three may be lost.</summary>
    public TimeSpan HeartbeatInterval => Lease / 4;

    /// <summary>Heartbeats further apart than this, one of them lost, are a gap: the worker's lease may have run out in it.</summary>
    public TimeSpan LongestGap => HeartbeatInterval * 2;

    /// <summary>
    /// What a worker says of itself is kept for three leases: an operator who looks at a dead worker wants to know which one it was.
    /// </summary>
    public long AboutSeconds => (long)Lease.TotalSeconds * 3;

    /// <summary>How often a worker looks for dead ones: a fifth of a lease.</summary>
    public TimeSpan RecoveryInterval => Lease / 5;
}
