using Dashtam.Jobs.Bench.Lab;

namespace Dashtam.Jobs.Bench.Workloads;

/// <summary>w8: how much depth of the queue, number of workers and size of payloads matter.</summary>
internal static class Depth
{
    private const int Concurrency = 10;
    private const int Timed = 100_000;

    private static readonly ThroughputPlan[] Plans =
    [
        new("w8/10k", 10_000, Concurrency, TimeSpan.Zero),
        new("w8/100k", 100_000, Concurrency, TimeSpan.Zero),
        new("w8/1M", 1_000_000, Concurrency, TimeSpan.Zero) { Timed = Timed },
        new("w8/2-workers", 100_000, Concurrency, TimeSpan.Zero) { Workers = 2 },
        new("w8/4-workers", 100_000, Concurrency, TimeSpan.Zero) { Workers = 4 },
        new("w8/100B", 10_000, Concurrency, TimeSpan.Zero) { PayloadBytes = 100 },
        new("w8/10kB", 10_000, Concurrency, TimeSpan.Zero) { PayloadBytes = 10_000 },
    ];

    public static async Task<Dictionary<string, double>> MeasureAsync(Trial trial)
    {
        var figures = new Dictionary<string, double>(StringComparer.Ordinal);
        foreach (var plan in Plans)
        {
            await trial.Redis.FlushAsync();
            var measured = await Throughput.MeasureAsync(trial, plan);
            figures[plan.Metric] = measured[plan.Metric];
            if (plan.Metric == "w8/100k")
            {
                figures["w8/bytes"] = measured[Throughput.BytesPerJob];
            }
        }

        return figures;
    }
}
