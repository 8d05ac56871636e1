using Dashtam.Jobs.Core.Queue.Leases;
using Dashtam.Jobs.Worker.Session;
using Microsoft.Extensions.Options;

namespace Dashtam.Jobs.Worker.Lease;

/// <summary>
/// Says whether this worker may declare another one dead, and tells when it has not been allowed to for long: a fleet in which
/// no worker may would leave a dead worker's jobs where they are, with every worker ready.
/// </summary>
internal sealed partial class JudgeWatch(
    WorkerSession session, IOptions<LeaseOptions> lease, TimeProvider time, ILogger<JudgeWatch> logger)
{
    /// <summary>Leases without the right, while Redis answers, until it is told.</summary>
    internal const int PatienceInLeases = 3;

    private long _heldAt = time.GetTimestamp();
    private volatile bool _suspended;

    /// <summary>Whether this worker has not been allowed to recover others for several leases, although Redis answers.</summary>
    public bool Suspended => _suspended;

    /// <summary>How long it is until this worker may; zero: it may now.</summary>
    public TimeSpan Left => session.UntilJudge(lease.Value);

    /// <summary>Looks whether this worker may. Called at each look for dead workers.</summary>
    public bool Look()
    {
        var may = Left == TimeSpan.Zero;
        // An outage of Redis is told by the heartbeat; a lease of its own must have been possible since.
        var outage = session.SinceHeartbeat is not { } beat || beat > lease.Value.Lease;
        if (may || outage)
        {
            _heldAt = time.GetTimestamp();
        }

        var suspended = time.GetElapsedTime(_heldAt) > lease.Value.Lease * PatienceInLeases;
        if (suspended && !_suspended)
        {
            LogSuspended((long)time.GetElapsedTime(_heldAt).TotalSeconds, lease.Value.LongestGap.TotalSeconds);
        }
        else if (may && _suspended)
        {
            LogResumed();
        }

        _suspended = suspended;
        return may;
    }

    [LoggerMessage(EventName = "recovery_suspended", Level = LogLevel.Warning,
        Message = "For {Seconds} s this worker has not been allowed to recover the jobs of dead workers: its heartbeats are often more "
            + "than {GapSeconds} s apart, by this machine's clock or by Redis'. Look for heartbeat_failed, a starved machine, or a Redis clock that jumps")]
    private partial void LogSuspended(long seconds, double gapSeconds);

    [LoggerMessage(EventName = "recovery_resumed", Level = LogLevel.Information,
        Message = "This worker may recover the jobs of dead workers again")]
    private partial void LogResumed();
}
