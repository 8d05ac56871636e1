using System.Collections.Concurrent;
using Dashtam.Jobs.Core.Wire;
using StackExchange.Redis;

namespace Dashtam.Jobs.Faults.PythonSchedules;

/// <summary>Takes every job out of the ready list, as a worker would, and notes when it came.</summary>
internal sealed class FireRecorder(IDatabase redis, RedisKey ready)
{
    private const int TakenAtOnce = 500;
    private const string ScheduleId = "schedule_id";

    private readonly ConcurrentDictionary<string, List<DateTimeOffset>> _fires = new(StringComparer.Ordinal);

    public IReadOnlyList<DateTimeOffset> Of(string id) => _fires.TryGetValue(id, out var fires) ? fires : [];

    public async Task RunAsync(CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            if (await TakeAsync() == 0)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(3), CancellationToken.None);
            }
        }

        while (await TakeAsync() > 0)
        {
            // what came last
        }
    }

    private async Task<int> TakeAsync()
    {
        var jobs = await redis.ListRightPopAsync(ready, TakenAtOnce) ?? [];
        var now = TimeProvider.System.GetUtcNow();
        foreach (var job in jobs)
        {
            if (JobEnvelope.TryParse((byte[])job!, out var envelope, out _) && envelope.Labels.Text(ScheduleId) is { } id)
            {
                _fires.GetOrAdd(id, _ => []).Add(now);
            }
        }

        return jobs.Length;
    }
}
