using Dashtam.Jobs.Core.Execution;
using Dashtam.Jobs.Core.Queue;
using Microsoft.Extensions.Options;

namespace Dashtam.Jobs.Worker;

/// <summary>
/// Finds out when this worker keeps jobs that it cannot bring to an end: their handlers have returned, or their time is over, and
/// for a whole lease no settlement was even tried, although Redis answers. Such a worker must not renew its lease: other workers
/// would never get the jobs. What it may be waiting for cannot be known here: a log, a lock, a defect.
/// </summary>
/// <remarks>
/// Looked at with each heartbeat that succeeded. A settlement that Redis refuses, or leaves without an answer, was tried. A handler
/// within its time, a drain and a job that runs alone are no reason.
/// </remarks>
internal sealed class SettlementWatch(
    RunningJobs running, Settler settler, IHostApplicationLifetime lifetime, IOptions<LeaseOptions> lease, TimeProvider time)
{
    private long _tries = -1;
    private long? _since;

    /// <summary>Whether the lease must not be renewed any more. Called from the heartbeat's thread alone.</summary>
    public bool IsStuck()
    {
        var tries = settler.Tries;
        if (tries != _tries || running.IsAlone || lifetime.ApplicationStopping.IsCancellationRequested || !running.HasOverdue())
        {
            (_tries, _since) = (tries, null);
            return false;
        }

        _since ??= time.GetTimestamp();
        return time.GetElapsedTime(_since.Value) >= lease.Value.Lease;
    }

    /// <summary>Redis did not answer: what happened until now says nothing.</summary>
    public void Restart() => _since = null;
}
