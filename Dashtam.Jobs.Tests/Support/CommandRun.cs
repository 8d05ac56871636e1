using System.Diagnostics;

namespace Dashtam.Jobs.Tests.Support;

/// <summary>A command of the scheduler, run to its end as an operator runs it.</summary>
/// <param name="ExitCode">What it ended with.</param>
/// <param name="Output">Standard output.</param>
/// <param name="Errors">Standard error.</param>
internal sealed record CommandRun(int ExitCode, string Output, string Errors)
{
    private static readonly string[] PassedOn = ["PATH", "HOME", "DOTNET_ROOT", "TMPDIR", "USER"];

    public static async Task<CommandRun> RunAsync(string[] arguments, params (string Name, string Value)[] settings)
    {
        var program = Path.Combine(AppContext.BaseDirectory, "Dashtam.Jobs.Scheduler.dll");
        var start = new ProcessStartInfo("dotnet", [program, .. arguments])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };

        // Nothing of the test run's own environment configures the command.
        foreach (var key in start.Environment.Keys.Except(PassedOn, StringComparer.Ordinal).ToList())
        {
            start.Environment.Remove(key);
        }

        foreach (var (name, value) in settings)
        {
            start.Environment[name] = value;
        }

        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync(limit.Token);
        var errors = process.StandardError.ReadToEndAsync(limit.Token);
        await process.WaitForExitAsync(limit.Token);
        return new CommandRun(process.ExitCode, await output, await errors);
    }
}
