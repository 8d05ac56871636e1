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
    /// <param name="wantedSeed">An earlier run's; null: one is drawn.</param>
    /// <param name="faults">How many.</param>
    /// <param name="output">Where history, logs and report go.</param>
    /// <param name="otherBuild">The folder with another commit's build, whose processes take turns with this one's; null: none.</param>
    /// <param name="notPromised">Rules that the other build does not know, which are not checked.</param>
    public static async Task<int> RunAsync(
        int? wantedSeed, int faults, string output, string? otherBuild, IReadOnlyCollection<RuleName> notPromised)
    {
        if (otherBuild is not null && !File.Exists(Path.Combine(otherBuild, "Dashtam.Jobs.Faults.dll")))
        {
            await Console.Error.WriteLineAsync($"--other-build: {otherBuild} has no Dashtam.Jobs.Faults.dll; bench/build-commit.sh makes such a folder");
            return 2;
        }

        var seed = wantedSeed ?? Random.Shared.Next(1, int.MaxValue);
        var folder = Path.GetFullPath(Path.Combine(output, seed.ToString(CultureInfo.InvariantCulture)));
        if (Directory.Exists(folder))
        {
            Directory.Delete(folder, recursive: true);
        }

        Directory.CreateDirectory(folder);
        var console = Terminal.Console();
        var target = otherBuild is null ? "faults" : "faults-upgrade FROM=…";
        console.WriteLine($"seed {seed}: {faults} faults; replay with: make {target} FAULTS={faults} SEED={seed}");
        if (!RedisClock.CanBeSet)
        {
            console.WriteLine("SKIPPED RedisClock: Redis' clock cannot be set without libfaketime (Debian: apt-get install libfaketime)");
        }

        var started = TimeProvider.System.GetTimestamp();
        using var history = new HistoryRecorder(Path.Combine(folder, "history.jsonl"), TimeProvider.System);
        var evidence = await GatherAsync(new FaultRunRequest(seed, faults, folder, otherBuild), history, console);
        Violation[] broken = [.. Checker.Check(evidence).Where(violation => !notPromised.Contains(violation.Rule))];
        var report = FaultReport.Of(seed, TimeProvider.System.GetElapsedTime(started), evidence, broken);
        report.WriteTo(Path.Combine(folder, "report.json"));
        report.Print(console);
        if (report.Faults.TryGetValue(RedisServer.EndedByItself, out var ends))
        {
            console.WriteLine($"redis-server ended by itself and was started again, {ends} times; the reason may stand in {folder}/redis/redis.log");
        }

        foreach (var rule in notPromised)
        {
            console.WriteLine($"NOT CHECKED {rule}: the other build does not promise it");
        }

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
