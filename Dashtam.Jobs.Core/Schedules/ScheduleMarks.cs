using Dashtam.Jobs.Core.Infrastructure.Redis;
using Dashtam.Jobs.Core.Queue;

namespace Dashtam.Jobs.Core.Schedules;

/// <summary>Mends last fired instants that lie in Redis' future, where no clock is in doubt.</summary>
internal interface IScheduleMarks
{
    /// <summary>Says for a while, to every scheduler of a queue, that some clock is wrong.</summary>
    /// <param name="queue">The queue; null: that of <c>JOBS_QUEUE_NAME</c>.</param>
    /// <param name="offset">By how much.</param>
    /// <param name="cancellationToken">Ends the wait for the reply.</param>
    Task ReportSkewAsync(string? queue, TimeSpan offset, CancellationToken cancellationToken);

    /// <summary>Moves a schedule's mark back, unless it is another by now or any scheduler reports skew.</summary>
    /// <param name="schedule">The schedule.</param>
    /// <param name="mark">As it was read.</param>
    /// <param name="due">The last instant that is due.</param>
    /// <param name="clock">The caller's clock, which has agreed with Redis' for long.</param>
    /// <param name="cancellationToken">Ends the wait for the reply.</param>
    Task<bool> MoveBackAsync(
        JobSchedule schedule, DateTimeOffset mark, DateTimeOffset due, DateTimeOffset clock, CancellationToken cancellationToken);
}

/// <summary>The marks of one queue's schedules, in Redis.</summary>
internal sealed class ScheduleMarks(IRedisConnections connections, QueueKeys keys)
{
    /// <summary>How long a report counts: some looks at the clock may fail meanwhile.</summary>
    internal static readonly TimeSpan SkewReported = TimeSpan.FromSeconds(60);

    private readonly RedisScript _moveBack = RedisScript.Load("move_mark_back.lua");

    /// <inheritdoc cref="IScheduleMarks.ReportSkewAsync"/>
    public Task ReportSkewAsync(TimeSpan offset, CancellationToken cancellationToken) =>
        connections.Queue.StringSetAsync(keys.Skewed, (long)offset.TotalMilliseconds, SkewReported).WaitAsync(cancellationToken);

    /// <inheritdoc cref="IScheduleMarks.MoveBackAsync"/>
    public async Task<bool> MoveBackAsync(
        string scheduleId, DateTimeOffset mark, DateTimeOffset due, DateTimeOffset clock, CancellationToken cancellationToken) =>
        (int)await _moveBack.RunAsync(
            connections.Queue,
            [keys.Fired, keys.Skewed],
            [scheduleId, mark.ToUnixTimeSeconds(), due.ToUnixTimeSeconds(), clock.ToUnixTimeMilliseconds()],
            cancellationToken) == 1;
}
