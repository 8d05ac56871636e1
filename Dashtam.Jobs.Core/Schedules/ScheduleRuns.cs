using Dashtam.Jobs.Core.Infrastructure.Redis;
using Dashtam.Jobs.Core.Queue;

namespace Dashtam.Jobs.Core.Schedules;

/// <summary>The last run of each schedule whose overlap policy asks for it.</summary>
internal interface IScheduleRuns
{
    /// <summary>The task id of the schedule's last fire while that job has not ended; null: it has, or was long ago.</summary>
    Task<string?> GetLastAsync(string scheduleId, CancellationToken cancellationToken);
}

/// <summary>The last runs, in Redis.</summary>
internal sealed class ScheduleRuns(IRedisConnections connections, QueueKeys keys) : IScheduleRuns
{
    public async Task<string?> GetLastAsync(string scheduleId, CancellationToken cancellationToken) =>
        await connections.Queue.StringGetAsync(keys.LastRun(scheduleId)).WaitAsync(cancellationToken);
}
