using Dashtam.Jobs.Faults.Lab;
using Dashtam.Jobs.Faults.Load;
using StackExchange.Redis;

namespace Dashtam.Jobs.Faults.Soak;

/// <summary>
/// Short jobs: one in ten fails once, one in two has an effect. None becomes a dead letter: those are kept, up to a cap, and
/// would be told from a leak only after hours.
/// </summary>
internal sealed class SoakLoad(Laboratory lab)
{
    private const int BatchesPerSecond = 10;
    private const int WarmUpBatch = 500;
    private const int WarmUpDepth = 2_000;

    /// <summary>Jobs that are in the queue, or were.</summary>
    public long Enqueued { get; private set; }

    /// <summary>Keeps the queue full until so many jobs have gone through it.</summary>
    /// <returns>Jobs a second in the second half, when everything is compiled.</returns>
    public async Task<double> WarmUpAsync(int jobs, Action<long> progress)
    {
        var half = TimeProvider.System.GetTimestamp();
        while (Enqueued < jobs)
        {
            if (await lab.ReadyAsync() >= WarmUpDepth)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(20));
                continue;
            }

            await EnqueueAsync(WarmUpBatch);
            progress(Enqueued);
            if (Enqueued == jobs / 2 / WarmUpBatch * WarmUpBatch)
            {
                half = TimeProvider.System.GetTimestamp();
            }
        }

        return (Enqueued - (jobs / 2)) / TimeProvider.System.GetElapsedTime(half).TotalSeconds;
    }

    /// <summary>Enqueues so many jobs a second, until it is told to stop.</summary>
    public async Task RunAsync(int jobsPerSecond, CancellationToken stop)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1.0 / BatchesPerSecond));
        while (await TicksAsync(timer, stop))
        {
            await EnqueueAsync(jobsPerSecond / BatchesPerSecond);
        }
    }

    private async Task EnqueueAsync(int count)
    {
        var envelopes = Enumerable.Range(0, count).Select(number => (RedisValue)Job(Enqueued + number).ToUtf8());
        await lab.Redis.Database.ListLeftPushAsync(lab.Keys.Ready, [.. envelopes]);
        Enqueued += count;
    }

    private static LoadedJob Job(long number)
    {
        var effect = number % 2 == 0 ? $", \"effect\": \"soak-{number % 1_000}\"" : "";
        var keywords = $"{{\"sleep_ms\": {number % 20}, \"fail_attempts\": {(number % 10 == 0 ? 1 : 0)}{effect}}}";
        return new LoadedJob($"soak-{number}", keywords, TimeSpan.Zero);
    }

    private static async Task<bool> TicksAsync(PeriodicTimer timer, CancellationToken stop)
    {
        try
        {
            return await timer.WaitForNextTickAsync(stop);
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }
}
