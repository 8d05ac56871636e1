using Dashtam.Jobs.Core.Infrastructure.Redis;
using Dashtam.Jobs.Core.Queue;

namespace Dashtam.Jobs.Core.Schedules;

/// <summary>The newest run of each schedule whose runs replace each other.</summary>
internal interface IScheduleRuns
{
    /// <summary>The task id of the schedule's last fire, whether or not that job has ended; null: it was long ago.</summary>
    /// <param name="queue">The queue that the schedule fires into.</param>
    /// <param name="scheduleId">The schedule.</param>
    /// <param name="cancellationToken">Ends the wait for the reply.</param>
    Task<string?> GetNewestAsync(string queue, string scheduleId, CancellationToken cancellationToken);
}

/// <summary>The newest runs, in Redis.</summary>
internal sealed class ScheduleRuns(IRedisConnections connections, QueueKeys keys) : IScheduleRuns
{
    public async Task<string?> GetNewestAsync(string queue, string scheduleId, CancellationToken cancellationToken) =>
        await connections.Queue.StringGetAsync(keys.NewestRun(scheduleId)).WaitAsync(cancellationToken);
}
