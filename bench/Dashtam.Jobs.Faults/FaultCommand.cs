using System.Globalization;
using Dashtam.Jobs.Faults.Checking;
using Dashtam.Jobs.Faults.History;
using Dashtam.Jobs.Faults.Lab;
using Dashtam.Jobs.Faults.Reports;
using Spectre.Console;

namespace Dashtam.Jobs.Faults;

/// <summary>A run from the terminal.</summary>
internal static class FaultCommand
{
    /// <summary>Runs the suite and prints what came of it.</summary>
    /// <returns>0 when every promise held, 1 otherwise.</returns>
    public static async Task<int> RunAsync(int? wantedSeed, int faults, string output)
    {
        var seed = wantedSeed ?? Random.Shared.Next(1, int.MaxValue);
        var folder = Path.GetFullPath(Path.Combine(output, seed.ToString(CultureInfo.InvariantCulture)));
        if (Directory.Exists(folder))
        {
            Directory.Delete(folder, recursive: true);
        }

        Directory.CreateDirectory(folder);
        var console = Terminal.Console();
        console.WriteLine($"seed {seed}: {faults} faults; replay with: make faults FAULTS={faults} SEED={seed}");
        if (!RedisClock.CanBeSet)
        {
            console.WriteLine("SKIPPED RedisClock: Redis' clock cannot be set without libfaketime (Debian: apt-get install libfaketime)");
        }

        var started = TimeProvider.System.GetTimestamp();
        using var history = new HistoryRecorder(Path.Combine(folder, "history.jsonl"), TimeProvider.System);
        var evidence = await GatherAsync(new FaultRunRequest(seed, faults, folder), history, console);
        var report = FaultReport.Of(seed, TimeProvider.System.GetElapsedTime(started), evidence, Checker.Check(evidence));
        report.WriteTo(Path.Combine(folder, "report.json"));
        report.Print(console);
        console.WriteLine($"seed {seed}: {report.Faults.Values.Sum()} faults in {report.Seconds} s, "
            + $"{report.Violations.Count} promises broken; history, logs and report in {folder}");
        return report.Violations.Count == 0 ? 0 : 1;
    }

    private static async Task<Evidence> GatherAsync(FaultRunRequest request, HistoryRecorder history, IAnsiConsole console)
    {
        await using var run = new FaultRun(request, history);
        return await console.Progress().AutoClear(enabled: false).StartAsync(async progress =>
        {
            var task = progress.AddTask("start", maxValue: request.Faults);
            return await run.RunAsync(_ => task.Increment(1), phase => task.Description = phase);
        });
    }
}
