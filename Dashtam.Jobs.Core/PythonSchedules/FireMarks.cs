using Dashtam.Jobs.Core.Infrastructure.Redis;
using Dashtam.Jobs.Core.Queue;

namespace Dashtam.Jobs.Core.PythonSchedules;

/// <summary>Reads what <c>fire_python_schedule.lua</c> has written.</summary>
internal sealed class FireMarks(IRedisConnections connections, QueueKeys keys, TimeProvider time) : IFireMarks
{
    /// <summary>The counter of jobs that another scheduler has brought.</summary>
    internal const string Elsewhere = "fired_elsewhere";

    /// <summary>After an earlier release's scheduler has fired, its jobs may wait in the queue for so long.</summary>
    internal static readonly TimeSpan EarlierReleaseWaits = TimeSpan.FromDays(7);

    public async Task<bool> AreMarkedAsync(string queue, string scheduleId, CancellationToken cancellationToken)
    {
        var marking = connections.Queue.SortedSetScoreAsync(keys.PythonFires, scheduleId);
        var counting = connections.Queue.HashGetAsync(keys.PythonStats, ["fired", "fired_marked", "mixed_at"]);
        await Task.WhenAll(marking, counting).WaitAsync(cancellationToken); // both: no failure is left unobserved
        var (score, counts) = (await marking, await counting);

        // An earlier release counts its fires as "fired" alone, and its ids have no mark.
        return score is not null && counts[0] == counts[1]
            && !(counts[2].TryParse(out long mixedAt) && time.GetUtcNow().ToUnixTimeMilliseconds() - mixedAt < EarlierReleaseWaits.TotalMilliseconds);
    }

    public Task CountElsewhereAsync(string queue, CancellationToken cancellationToken) =>
        connections.Queue.HashIncrementAsync(keys.Stats, Elsewhere).WaitAsync(cancellationToken);
}
