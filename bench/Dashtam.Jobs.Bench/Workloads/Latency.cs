using Dashtam.Jobs.Bench.Lab;
using Dashtam.Jobs.Bench.Results;

namespace Dashtam.Jobs.Bench.Workloads;

/// <summary>w3: an idle system, and one job at a time.</summary>
internal static class Latency
{
    private const int Jobs = 2_000;
    private const int PerSecond = 100;
    private const int Concurrency = 10;

    private static readonly TimeSpan Rest = TimeSpan.FromSeconds(2);

    public static async Task<Dictionary<string, double>> MeasureAsync(Trial trial)
    {
        var (first, jobs) = (trial.Scale.WarmUp, trial.Scale.Count(Jobs));
        using var records = trial.CreateRecords(first + jobs);
        await using var worker = await trial.StartWarmWorkerAsync(records, Concurrency);
        await Task.Delay(trial.Scale.Of(Rest));
        var sorted = await trial.WaitsAsync(worker, records, new PacedJobs(first, jobs, PerSecond));
        await worker.StopAsync();
        return new(StringComparer.Ordinal)
        {
            ["w3/p50"] = Statistics.Percentile(sorted, 50),
            ["w3/p99"] = Statistics.Percentile(sorted, 99),
            ["w3/max"] = sorted[^1],
        };
    }
}
