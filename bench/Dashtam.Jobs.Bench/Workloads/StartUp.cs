using Dashtam.Jobs.Bench.Lab;
using Dashtam.Jobs.Bench.Ours;
using Dashtam.Jobs.Bench.Records;

namespace Dashtam.Jobs.Bench.Workloads;

/// <summary>How soon processes work, and how much memory they take.</summary>
internal static class StartUp
{
    private const int Concurrency = 10;
    private const int Jobs = 20_000;
    private const double Megabyte = 1024 * 1024;

    private static readonly TimeSpan Rest = TimeSpan.FromSeconds(5);

    public static async Task<Dictionary<string, double>> MeasureAsync(Lab.Bench bench)
    {
        var figures = new Dictionary<string, double>(StringComparer.Ordinal);
        await MeasureWorkerAsync(bench, figures);
        if (bench.Peer.IsOurs)
        {
            await bench.Redis.FlushAsync();
            figures["start/fire"] = await FirstFireAsync(bench);
        }

        return figures;
    }

    private static async Task MeasureWorkerAsync(Lab.Bench bench, Dictionary<string, double> figures)
    {
        var jobs = bench.Scale.Count(Jobs);
        using var records = bench.CreateRecords(1 + jobs);
        await bench.RunAsync("enqueue", ("count", 1), ("first", 0));
        var started = MonotonicClock.Nanoseconds;
        await using var worker = bench.StartWorker(records, Concurrency);
        await bench.UntilAsync(worker, () => records.EndedOf(1), 1, Scale.Patience);
        figures["start/fetch"] = (records.Started(0) - started) / 1e6;

        await Task.Delay(bench.Scale.Of(Rest));
        figures["start/idle"] = ProcessTree.ResidentBytes(worker.Id) / Megabyte;

        await bench.RunAsync("enqueue", ("count", jobs), ("first", 1));
        await bench.UntilAsync(worker, () => records.EndedOf(1 + jobs), 1 + jobs, Scale.Patience);
        figures["start/loaded"] = ProcessTree.ResidentBytes(worker.Id) / Megabyte;
        await worker.StopAsync();
    }

    // Includes the wait for the next second: half of one on average.
    private static async Task<double> FirstFireAsync(Lab.Bench bench)
    {
        var started = MonotonicClock.Nanoseconds;
        var scheduler = Peer.OurScheduler();
        await using var process = PeerProcess.Start(
            scheduler.Program,
            [.. scheduler.Prefix, ScheduleVerbs.Scheduler, "--redis", bench.Redis.Url, "--schedules", "1"]);
        var fired = 0L;
        await bench.UntilAsync(
            process,
            () =>
            {
                fired = MonotonicClock.Nanoseconds;
                return (int)bench.Redis.ReadyJobs;
            },
            1,
            Scale.Patience);
        await process.StopAsync();
        return (fired - started) / 1e6;
    }
}
