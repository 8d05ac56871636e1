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

    public static async Task<Dictionary<string, double>> MeasureAsync(Trial trial)
    {
        var figures = new Dictionary<string, double>(StringComparer.Ordinal);
        await MeasureWorkerAsync(trial, figures);
        if (trial.Peer.IsOurs)
        {
            await trial.Redis.FlushAsync();
            figures["start/fire"] = await FirstFireAsync(trial);
        }

        return figures;
    }

    private static async Task MeasureWorkerAsync(Trial trial, Dictionary<string, double> figures)
    {
        var jobs = trial.Scale.Count(Jobs);
        using var records = trial.CreateRecords(1 + jobs);
        await trial.FillAsync(0, 1);
        var started = MonotonicClock.Nanoseconds;
        await using var worker = trial.StartWorker(records, Concurrency);
        await trial.UntilAsync(worker, () => records.EndedOf(1), 1, Scale.Patience);
        figures["start/fetch"] = (records.Started(0) - started) / 1e6;

        await Task.Delay(trial.Scale.Of(Rest));
        figures["start/idle"] = ProcessTree.ResidentBytes(worker.Id) / Megabyte;

        await trial.FillAsync(1, jobs);
        await trial.UntilAsync(worker, () => records.EndedOf(1 + jobs), 1 + jobs, Scale.Patience);
        figures["start/loaded"] = ProcessTree.ResidentBytes(worker.Id) / Megabyte;
        await worker.StopAsync();
    }

    // Includes the wait for the next second: half of one on average.
    private static async Task<double> FirstFireAsync(Trial trial)
    {
        var started = MonotonicClock.Nanoseconds;
        var scheduler = trial.Peer.Scheduler();
        await using var process = PeerProcess.Start(
            scheduler.Program,
            [.. scheduler.Arguments(ScheduleVerbs.Scheduler), "--redis", trial.Redis.Url, "--schedules", "1"],
            scheduler.Environment);
        var fired = 0L;
        await trial.UntilAsync(
            process,
            () =>
            {
                fired = MonotonicClock.Nanoseconds;
                return (int)trial.Redis.ReadyJobs;
            },
            1,
            Scale.Patience);
        await process.StopAsync();
        return (fired - started) / 1e6;
    }
}
