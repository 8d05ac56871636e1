using System.Diagnostics;

namespace Dashtam.Jobs.Tests.Support;

/// <summary>How a shell script of this repository ended, and what it wrote.</summary>
internal sealed record ScriptRun(int ExitCode, string Output, string Errors)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <summary>Runs bash with arguments at the top of the checkout; no terminal, and standard input is at its end.</summary>
    public static async Task<ScriptRun> RunAsync(string[] arguments, params (string Name, string Value)[] variables)
    {
        var start = new ProcessStartInfo(LocalCommand.Find("bash"), arguments)
        {
            UseShellExecute = false,
            WorkingDirectory = Sources.Root,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in variables)
        {
            start.Environment[name] = value;
        }

        using var deadline = new CancellationTokenSource(Patience);
        using var process = Process.Start(start)!;
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEndAsync(deadline.Token);
        var errors = process.StandardError.ReadToEndAsync(deadline.Token);
        await process.WaitForExitAsync(deadline.Token);
        return new ScriptRun(process.ExitCode, await output, await errors);
    }
}
