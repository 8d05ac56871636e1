using Dashtam.Jobs.Core.Infrastructure.Redis;
using Dashtam.Jobs.Core.Queue.Leases;

namespace Dashtam.Jobs.Worker.Session;

/// <summary>
/// Compares this machine's clock with Redis' at each heartbeat: jobs decide by it which tokens expire soon and whether a JWT is
/// still valid.
/// </summary>
internal sealed partial class WorkerClock(TimeProvider time, ILogger<WorkerClock> logger)
{
    private static readonly TimeSpan Tolerance = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan NotReady = TimeSpan.FromSeconds(30);

    private long _offset;

    /// <summary>By how much this machine is certainly ahead of Redis; below zero: behind; zero: within a second of it.</summary>
    public TimeSpan Offset => TimeSpan.FromTicks(Interlocked.Read(ref _offset));

    /// <summary>Whether it is so far off that no job may go by it.</summary>
    public bool IsFarOff => Far(Offset);

    /// <summary>Renews a lease, and looks at the clock that the reply tells.</summary>
    public Heartbeat Compare(Func<Heartbeat> renew)
    {
        var (sentAt, sent) = (time.GetUtcNow(), time.GetTimestamp());
        var heartbeat = renew();
        if (heartbeat.Alive) // a lease that has ended tells no time
        {
            var difference = ClockDifference.Of(sentAt, time.GetElapsedTime(sent), heartbeat.RedisTime);
            var certain = difference.AtLeast;
            Learn(certain > Tolerance ? certain * Math.Sign(difference.Ahead.Ticks) : TimeSpan.Zero);
        }

        return heartbeat;
    }

    private static bool Far(TimeSpan offset) => offset.Duration() > NotReady;

    private void Learn(TimeSpan offset)
    {
        var before = TimeSpan.FromTicks(Interlocked.Exchange(ref _offset, offset.Ticks));
        if (offset != TimeSpan.Zero && (before == TimeSpan.Zero || (Far(offset) && !Far(before))))
        {
            LogSkewed((long)offset.TotalMilliseconds);
        }
        else if (offset == TimeSpan.Zero && before != TimeSpan.Zero)
        {
            LogInStep();
        }
    }

    [LoggerMessage(EventName = "worker_clock_skewed", Level = LogLevel.Error,
        Message = "This machine's clock is off from Redis' by {OffsetMs} ms (above 0: ahead). Jobs that compare times "
            + "are wrong by as much; above 30 s the worker is not ready. Synchronise this machine's time")]
    private partial void LogSkewed(long offsetMs);

    [LoggerMessage(EventName = "worker_clock_in_step", Level = LogLevel.Information,
        Message = "This machine's clock agrees with Redis' to within a second again")]
    private partial void LogInStep();
}
