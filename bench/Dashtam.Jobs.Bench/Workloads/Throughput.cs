using Dashtam.Jobs.Bench.Lab;

namespace Dashtam.Jobs.Bench.Workloads;

/// <summary>How a queue that is full is emptied.</summary>
/// <param name="Metric">Under which name the jobs a second are told.</param>
/// <param name="Jobs">How many jobs are in the queue, besides those that warm up.</param>
/// <param name="Concurrency">Jobs that each worker runs at once.</param>
/// <param name="Sleep">How long a job waits.</param>
internal sealed record ThroughputPlan(string Metric, int Jobs, int Concurrency, TimeSpan Sleep)
{
    public int Workers { get; init; } = 1;

    public int PayloadBytes { get; init; }

    /// <summary>The clock stops after so many jobs; the others are only there to be in the way.</summary>
    public int Timed { get; init; } = Jobs;

    public bool TakesCpu { get; init; }
}

/// <summary>w1, w5, w8, w9: jobs are in the queue, workers start on them.</summary>
internal static class Throughput
{
    /// <summary>Redis' memory for each queued job, besides the plan's own figure.</summary>
    public const string BytesPerJob = "bytes_per_job";

    public static async Task<Dictionary<string, double>> MeasureAsync(Trial trial, ThroughputPlan plan)
    {
        var (warmUp, jobs) = (trial.Scale.WarmUp, trial.Scale.Many(plan.Jobs));
        var timed = Math.Min(jobs, trial.Scale.Many(plan.Timed));
        using var records = trial.CreateRecords(warmUp + jobs);
        var memory = await trial.Redis.UsedMemoryAsync();
        await FillAsync(trial, warmUp + jobs, plan.PayloadBytes);
        var bytes = (await trial.Redis.UsedMemoryAsync() - memory) / (double)(warmUp + jobs);

        var workers = Enumerable.Range(0, plan.Workers)
            .Select(_ => trial.StartWorker(records, plan.Concurrency, (int)plan.Sleep.TotalMilliseconds)).ToArray();
        try
        {
            Task Until(int count) =>
                trial.UntilAsync(workers[0], () => records.EndedOf(warmUp + timed), count, Scale.Patience);
            await Until(warmUp);
            var before = CpuSample.Take(trial, workers, records.EndedOf(warmUp + timed));
            await Until(warmUp + timed);
            var after = CpuSample.Take(trial, workers, warmUp + timed);

            var figures = new Dictionary<string, double>(StringComparer.Ordinal)
            {
                [plan.Metric] = timed / records.Span(warmUp, timed).TotalSeconds,
                [BytesPerJob] = bytes,
                ["resident_bytes"] = ProcessTree.ResidentBytes(workers[0].Id),
            };
            if (plan.TakesCpu && after.Jobs > before.Jobs)
            {
                figures["w5/worker"] = (after.Workers - before.Workers).TotalMicroseconds / (after.Jobs - before.Jobs);
                figures["w5/redis"] = (after.Redis - before.Redis).TotalMicroseconds / (after.Jobs - before.Jobs);
            }

            return figures;
        }
        finally
        {
            foreach (var worker in workers)
            {
                await worker.StopAsync();
                await worker.DisposeAsync();
            }
        }
    }

    private static async Task FillAsync(Trial trial, int jobs, int payloadBytes)
    {
        IEnumerable<(string, object)> payload = payloadBytes > 0 ? [("payload-bytes", payloadBytes)] : [];
        await trial.RunAsync("enqueue", [("count", jobs), ("first", 0), .. payload]);
    }
}

/// <summary>Processor time used so far, and how many jobs had ended by then.</summary>
internal readonly record struct CpuSample(int Jobs, TimeSpan Workers, TimeSpan Redis)
{
    public static CpuSample Take(Trial trial, IEnumerable<PeerProcess> workers, int jobs) => new(
        jobs,
        workers.Aggregate(TimeSpan.Zero, (sum, worker) => sum + ProcessTree.CpuTime(worker.Id)),
        ProcessTree.CpuTime(trial.Redis.ProcessId));
}
