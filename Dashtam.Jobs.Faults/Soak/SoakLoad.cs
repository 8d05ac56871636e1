using Dashtam.Jobs.Faults.Lab;
using Dashtam.Jobs.Faults.Load;
using StackExchange.Redis;

namespace Dashtam.Jobs.Faults.Soak;

/// <summary>
/// A fixed number of jobs a second: short ones, one in ten fails once, one in two has an effect. None becomes a dead
/// letter:
/// those are kept, up to a cap, and would be told from a leak only after hours.
/// </summary>
internal sealed class SoakLoad(Laboratory lab)
{
    /// <summary>About half of what three workers do on two cores that they share with Redis and with the load.</summary>
    public const int JobsPerSecond = 1_000;

    private const int BatchesPerSecond = 10;

    /// <summary>Jobs that are in the queue.</summary>
    public long Enqueued { get; private set; }

    /// <summary>Enqueues until it is told to stop.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1.0 / BatchesPerSecond));
        while (await TicksAsync(timer, stop))
        {
            var envelopes = Enumerable.Range(0, JobsPerSecond / BatchesPerSecond)
                .Select(number => (RedisValue)Job(Enqueued + number).ToUtf8());
            await lab.Redis.Database.ListLeftPushAsync(lab.Keys.Ready, [.. envelopes]);
            Enqueued += JobsPerSecond / BatchesPerSecond;
        }
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
