using System.Diagnostics;
using Dashtam.Jobs.Bench.Lab;
using Dashtam.Jobs.Bench.Ours;

namespace Dashtam.Jobs.Bench.Workloads;

/// <summary>w6: nothing to do. What a client sends counts, and apart from it what Redis executes for that within scripts.</summary>
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
            await MeasureAsync(trial, worker, "w6/", figures);
            await worker.StopAsync();
        }

        // Other systems' workers do what our scheduler does, or need none of it for this workload.
        if (trial.Peer.IsOurs)
        {
            await using var scheduler = trial.Start(ScheduleVerbs.Scheduler, ("schedules", 0));
            await MeasureAsync(trial, scheduler, "w6/scheduler-", figures);
            await scheduler.StopAsync();
        }

        return figures;
    }

    private static async Task MeasureAsync(
        Trial trial, PeerProcess process, string prefix, Dictionary<string, double> figures)
    {
        await Task.Delay(trial.Scale.Of(Rest));
        await using var monitor = await CommandMonitor.StartAsync(trial.Redis.Port);
        var cpu = ProcessTree.CpuTime(process.Id);
        var started = Stopwatch.GetTimestamp();
        await Task.Delay(trial.Scale.Of(Length));
        var seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        if (process.HasEnded)
        {
            throw new BenchException($"{trial.Peer.Name} ended by itself with {process.ExitCode}: {process.Errors}");
        }

        figures[$"{prefix}commands"] = monitor.Sent / seconds;
        figures[$"{prefix}executed"] = monitor.Executed / seconds;
        figures[$"{prefix}cpu"] = (ProcessTree.CpuTime(process.Id) - cpu).TotalSeconds / seconds * 100;
    }
}
