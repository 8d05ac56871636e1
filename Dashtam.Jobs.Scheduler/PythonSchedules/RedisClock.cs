using Dashtam.Jobs.Core.PythonSchedules;

namespace Dashtam.Jobs.Scheduler.PythonSchedules;

/// <summary>Redis' clock between two questions: it is asked every ten seconds, and runs on by this machine's monotonic clock.</summary>
internal sealed class RedisClock(IPythonScheduleStore store, TimeProvider time)
{
    /// <summary>How long an answer is good enough to choose lists and pauses by. What fires is decided in Redis.</summary>
    internal static readonly TimeSpan GoodFor = TimeSpan.FromSeconds(10);

    private volatile Answer? _last;

    /// <summary>About now.</summary>
    public async Task<DateTimeOffset> NowAsync(CancellationToken stoppingToken)
    {
        if (_last is { } last && time.GetElapsedTime(last.At) is var passed && passed < GoodFor)
        {
            return last.Now + passed;
        }

        var at = time.GetTimestamp();
        var now = await store.GetTimeAsync(stoppingToken);
        _last = new Answer(now, at);
        return now;
    }

    private sealed record Answer(DateTimeOffset Now, long At);
}
