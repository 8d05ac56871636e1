using System.Diagnostics;
using Dashtam.Jobs.Bench.Lab;
using Dashtam.Jobs.Bench.Ours;

namespace Dashtam.Jobs.Bench.Workloads;

/// <summary>w6: nothing to do.</summary>
internal static class Idle
{
    private const int Concurrency = 10;

    private static readonly TimeSpan Rest = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Length = TimeSpan.FromSeconds(60);

    public static async Task<Dictionary<string, double>> MeasureAsync(Trial trial)
    {
        var figures = new Dictionary<string, double>(StringComparer.Ordinal);
        using var records = trial.CreateRecords(trial.Scale.WarmUp);
        await using (var worker = await trial.StartWarmWorkerAsync(records, Concurrency))
        {
            (figures["w6/commands"], figures["w6/cpu"]) = await MeasureAsync(trial, worker);
            await worker.StopAsync();
        }

        // Other systems' workers do what our scheduler does, or need none of it for this workload.
        if (trial.Peer.IsOurs)
        {
            await using var scheduler = trial.Start(ScheduleVerbs.Scheduler, ("schedules", 0));
            (figures["w6/scheduler-commands"], figures["w6/scheduler-cpu"]) = await MeasureAsync(trial, scheduler);
            await scheduler.StopAsync();
        }

        return figures;
    }

    private static async Task<(double CommandsPerSecond, double CpuPercent)> MeasureAsync(
        Trial trial, PeerProcess process)
    {
        await Task.Delay(trial.Scale.Of(Rest));
        var (commands, cpu) = (await trial.Redis.CommandsAsync(), ProcessTree.CpuTime(process.Id));
        var started = Stopwatch.GetTimestamp();
        await Task.Delay(trial.Scale.Of(Length));
        var seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        if (process.HasEnded)
        {
            throw new BenchException($"{trial.Peer.Name} ended by itself with {process.ExitCode}: {process.Errors}");
        }

        return (
            (await trial.Redis.CommandsAsync() - commands) / seconds,
            (ProcessTree.CpuTime(process.Id) - cpu).TotalSeconds / seconds * 100);
    }
}
