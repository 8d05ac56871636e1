using System.Globalization;
using Dashtam.Jobs.Core.Infrastructure.Redis;
using Dashtam.Jobs.Faults.History;
using StackExchange.Redis;

namespace Dashtam.Jobs.Faults.Load;

/// <summary>Schedules jobs by time while faults go on, as <c>schedule_by_time</c> of a Python producer does.</summary>
internal sealed class TimeSchedules(IDatabase redis, HistoryRecorder history, Random random)
{
    /// <summary>What the keys of the entries begin with.</summary>
    public const string Entries = "schedule:data:";

    /// <summary>What the keys of the lists begin with, one for each minute.</summary>
    public const string Minutes = "schedule:time:";

    /// <summary>How the history calls the jobs.</summary>
    public const string How = "schedule";

    private const int EarliestMs = -2_000; // a producer's clock may be behind, and a time may have passed
    private const int LatestMs = 5_000;

    private int _count;

    /// <summary>Schedules until it is told to stop; what has been begun is brought to its end.</summary>
    /// <param name="name">What the jobs' ids begin with.</param>
    /// <param name="pause">Between two entries.</param>
    /// <param name="stop">Ends it.</param>
    public async Task RunAsync(string name, TimeSpan pause, CancellationToken stop)
    {
        using var timer = new PeriodicTimer(pause);
        while (!stop.IsCancellationRequested)
        {
            await AddAsync(name);
            try
            {
                await timer.WaitForNextTickAsync(stop);
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    // Nothing is tried again, as TaskIQ does not: without the second step nobody finds the entry.
    private async Task AddAsync(string name)
    {
        var id = string.Create(CultureInfo.InvariantCulture, $"{name}-{++_count}");
        var at = DateTimeOffset.UtcNow.AddMilliseconds(random.Next(EarliestMs, LatestMs));
        var entry = new PythonEntry(id, at, (byte)random.Next(150));
        var outcome = HistoryKind.EnqueueUnknown;
        try
        {
            await redis.StringSetAsync(Entries + id, _count % 2 == 0 ? entry.ToJson() : entry.ToPickle());
            await redis.ListRightPushAsync(Minutes + entry.Minute, id);
            outcome = HistoryKind.EnqueueAcknowledged;
        }
        catch (Exception error) when (RedisFailure.Is(error))
        {
            // It may be there, or half of it.
        }

        history.Add(history.Now(outcome) with { Process = name, TaskId = id, Detail = How });
    }
}
