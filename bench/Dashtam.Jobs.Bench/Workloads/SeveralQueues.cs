using Dashtam.Jobs.Bench.Lab;
using Dashtam.Jobs.Bench.Records;
using Dashtam.Jobs.Bench.Results;

namespace Dashtam.Jobs.Bench.Workloads;

/// <summary>wq: one worker serves three queues, by weights and in strict order.</summary>
internal static class SeveralQueues
{
    private const int SleepMs = 5;
    private const int Waits = 500;
    private const int WaitsPerSecond = 50;
    private const int Behind = 20_000;
    private const int Pushes = 25;
    private const int PushesPerSecond = 5;

    private static readonly string[] Names = ["first", "second", "third"];
    private static readonly int[] Weights = [5, 3, 1];
    private static readonly string Strict = string.Join(',', Names);
    private static readonly string Weighted = string.Join(',', Names.Zip(Weights, (name, weight) => $"{name}={weight}"));
    private static readonly TimeSpan FullLoad = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Rest = TimeSpan.FromSeconds(2);

    public static async Task<Dictionary<string, double>> MeasureAsync(Trial trial)
    {
        var figures = new Dictionary<string, double>(StringComparer.Ordinal) { ["wq/share"] = await SharesAsync(trial) };
        foreach (var (name, behind) in new[] { ("alone", 0), ("strict", Behind) })
        {
            await trial.Redis.FlushAsync();
            var waits = await WaitsAsync(trial, behind);
            figures[$"wq/{name}-p50"] = Statistics.Percentile(waits, 50);
            figures[$"wq/{name}-p99"] = Statistics.Percentile(waits, 99);
        }

        await trial.Redis.FlushAsync();
        var pushes = await PushesAsync(trial);
        (figures["wq/push-p50"], figures["wq/push-max"]) = (Statistics.Percentile(pushes, 50), pushes[^1]);
        return figures;
    }

    // The share of the queue that is furthest from its weight, in % of what the weight says.
    private static async Task<double> SharesAsync(Trial trial)
    {
        const int concurrency = 50;
        var jobs = trial.Scale.Count(60_000);
        using var records = trial.CreateRecords(Names.Length * jobs);
        for (var i = 0; i < Names.Length; i++)
        {
            await trial.FillAsync(i * jobs, jobs, Names[i]);
        }

        await using var worker = trial.StartWorker(records, concurrency, SleepMs, Weighted);
        await trial.UntilAsync(worker, () => records.StartedOf(0, 1), 1, Scale.Patience);
        await Task.Delay(trial.Scale.Of(FullLoad));
        int[] started = [.. Names.Select((_, i) => records.StartedOf(i * jobs, jobs))];
        await worker.StopAsync();
        return started.Contains(jobs)
            ? throw new BenchException($"a queue was empty before the end: {string.Join(", ", started)} of {jobs} jobs had started")
            : 100 * started.Zip(Weights, (count, weight) => Math.Abs(((double)count / started.Sum() * Weights.Sum() / weight) - 1)).Max();
    }

    // How long jobs of the first queue wait, in ms, ascending. Meanwhile jobs of the other two queues fill every slot.
    private static async Task<double[]> WaitsAsync(Trial trial, int behind)
    {
        const int concurrency = 10;
        var (first, jobs) = (trial.Scale.WarmUp, trial.Scale.Count(Waits));
        var others = behind / trial.Scale.Jobs;
        using var records = trial.CreateRecords(first + jobs + (2 * others));
        await using var worker = await StartRestedAsync(trial, records, concurrency, Strict);
        for (var i = 1; others > 0 && i < Names.Length; i++)
        {
            await trial.FillAsync(first + jobs + ((i - 1) * others), others, Names[i]);
        }

        var waits = await trial.WaitsAsync(worker, records, new PacedJobs(first, jobs, WaitsPerSecond) { Queue = Names[0] });
        if (others > 0 && records.StartedOf(first + jobs, 2 * others) == 2 * others)
        {
            throw new BenchException("the other queues were empty before the end");
        }

        await worker.StopAsync();
        return waits;
    }

    // From an LPUSH into one of three empty queues to the job's start, in ms, ascending.
    private static async Task<double[]> PushesAsync(Trial trial)
    {
        const int concurrency = 10;
        var (first, each) = (trial.Scale.WarmUp, trial.Scale.Count(Pushes));
        using var records = trial.CreateRecords(first + (Names.Length * each));
        await using var worker = await StartRestedAsync(trial, records, concurrency, Weighted);
        List<double> waits = [];
        foreach (var (i, name) in Names.Index())
        {
            var pushes = new PacedJobs(first + (i * each), each, PushesPerSecond) { Verb = "enqueue-plain", Queue = name };
            waits.AddRange(await trial.WaitsAsync(worker, records, pushes));
        }

        await worker.StopAsync();
        return [.. waits.Order()];
    }

    private static async Task<PeerProcess> StartRestedAsync(Trial trial, RunRecords records, int concurrency, string queues)
    {
        var worker = await trial.StartWarmWorkerAsync(records, concurrency, SleepMs, queues);
        await Task.Delay(trial.Scale.Of(Rest));
        return worker;
    }
}
