using Dashtam.Jobs.Core.Execution.Runs;
using Dashtam.Jobs.Core.Queue.Leases;
using Dashtam.Jobs.Worker.Running;
using Microsoft.Extensions.Options;

namespace Dashtam.Jobs.Worker.Lease;

/// <summary>
/// Finds a job that this worker keeps and cannot bring to an end: its handler has returned, or its time and its grace are over, and for
/// a whole lease Redis has answered the heartbeat, but no try to settle that job. Such a worker must not renew its lease: other workers
/// would never get the job. Why it is not settled cannot be known here: a log, a lock, a connection, a defect.
/// </summary>
/// <remarks>
/// Looked at with each heartbeat that succeeded. An answer that refuses the settlement counts: the job waits for whoever mends Redis.
/// A handler within its time, a drain and a job that runs alone are no reason, and neither is time in which Redis answered no heartbeat
/// or this process stood still.
/// </remarks>
internal sealed class SettlementWatch(
    string queue, RunningJobs running, IHostApplicationLifetime lifetime, IOptions<LeaseOptions> lease, TimeProvider time)
{
    private long _countsFrom;
    private long _lookedAt;

    /// <summary>A job for which the lease must not be renewed any more; null: there is none. Called from the heartbeat's thread alone.</summary>
    public Run? FindStuck()
    {
        var now = time.GetTimestamp();
        if (running.IsAlone || lifetime.ApplicationStopping.IsCancellationRequested
            || time.GetElapsedTime(_lookedAt, now) > lease.Value.LongestGap)
        {
            _countsFrom = now;
        }

        _lookedAt = now;
        return running.Overdue().FirstOrDefault(run => run.Delivery.Queue == queue && time.GetElapsedTime(WaitsSince(run, now), now) >= lease.Value.Lease);
    }

    /// <summary>Redis did not answer: what happened until now says nothing.</summary>
    public void Restart() => _countsFrom = time.GetTimestamp();

    private long WaitsSince(Run run, long now)
    {
        if (run.OverdueSince is not { } seen || seen.Answers != run.SettlementAnswers)
        {
            run.OverdueSince = (now, run.SettlementAnswers);
            return now;
        }

        return Math.Max(seen.Since, _countsFrom);
    }
}
