using Dashtam.Jobs.Bench.Lab;
using Dashtam.Jobs.Bench.Records;
using Dashtam.Jobs.Bench.Results;

namespace Dashtam.Jobs.Bench.Workloads;

/// <summary>w4: many jobs that are due at one instant.</summary>
internal static class DueBurst
{
    private const int Jobs = 5_000;
    private const int Concurrency = 50;
    private const int Tries = 4;

    private static readonly TimeSpan Ahead = TimeSpan.FromSeconds(3);

    public static async Task<Dictionary<string, double>> MeasureAsync(Trial trial)
    {
        var ahead = Ahead;
        for (var attempt = 1; attempt <= Tries; attempt++, ahead *= 3)
        {
            if (await TryAsync(trial, ahead) is { } figures)
            {
                return figures;
            }

            await trial.Redis.FlushAsync();
        }

        throw new BenchException($"{trial.Peer.Name} could not schedule {Jobs} jobs within {ahead / 3}");
    }

    /// <returns>Null: jobs were still being scheduled when they were due, which measures something else.</returns>
    private static async Task<Dictionary<string, double>?> TryAsync(Trial trial, TimeSpan ahead)
    {
        var (first, jobs) = (trial.Scale.WarmUp, trial.Scale.Count(Jobs));
        using var records = trial.CreateRecords(first + jobs);
        await using var worker = await trial.StartWarmWorkerAsync(records, Concurrency);
        var printed = await trial.RunAsync(
            "schedule-at", ("count", jobs), ("first", first), ("in-ms", (int)ahead.TotalMilliseconds));
        var due = DateTimeOffset.FromUnixTimeMilliseconds(printed.GetProperty("due_unix_ms").GetInt64());
        var enqueued = printed.TryGetProperty("enqueued_unix_ms", out var at)
            ? DateTimeOffset.FromUnixTimeMilliseconds(at.GetInt64())
            : DateTimeOffset.UtcNow;
        if (enqueued >= due)
        {
            return null;
        }

        var dueOnOurClock = MonotonicClock.Nanoseconds + (long)(due - DateTimeOffset.UtcNow).TotalNanoseconds;
        await trial.UntilAsync(
            worker, () => records.EndedOf(first + jobs), first + jobs, Scale.Patience + ahead);
        await worker.StopAsync();
        double[] sorted = [.. Enumerable.Range(first, jobs)
            .Select(n => (records.Started(n) - dueOnOurClock) / 1e6).Order()];
        return new(StringComparer.Ordinal)
        {
            ["w4/p50"] = Statistics.Percentile(sorted, 50),
            ["w4/p99"] = Statistics.Percentile(sorted, 99),
            ["ahead_s"] = ahead.TotalSeconds,
        };
    }
}
