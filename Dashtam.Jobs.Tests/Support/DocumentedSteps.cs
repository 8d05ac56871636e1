using System.Diagnostics;
using NUnit.Framework;

namespace Dashtam.Jobs.Tests.Support;

/// <summary>Runs blocks of the documentation as they stand.</summary>
internal static class DocumentedSteps
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly string[] PassedOn = ["PATH", "HOME", "DOTNET_ROOT", "TMPDIR", "USER"];

    /// <summary>Ignores the test, or lets it fail where services are required, when one of these programs is missing.</summary>
    public static void Require(params IEnumerable<string> tools)
    {
        foreach (var tool in tools)
        {
            try
            {
                LocalCommand.Find(tool);
            }
            catch (NoServiceException) when (!TestServices.AreRequired)
            {
                Assert.Ignore($"There is no {tool} to run the page's blocks with");
            }
        }
    }

    /// <summary>Runs a block with bash where the executables lie; each of its lines must succeed.</summary>
    /// <returns>What it printed.</returns>
    /// <exception cref="InvalidOperationException">It failed; the message holds the block and what it said.</exception>
    public static async Task<string> RunAsync(DocumentedBlock step, IReadOnlyDictionary<string, string> variables)
    {
        var start = new ProcessStartInfo("bash", ["-euo", "pipefail", "-c", step.Text])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = AppContext.BaseDirectory,
        };
        foreach (var name in start.Environment.Keys.Except(PassedOn, StringComparer.Ordinal).ToList())
        {
            start.Environment.Remove(name);
        }

        foreach (var (name, value) in variables)
        {
            start.Environment[name] = value;
        }

        using var deadline = new CancellationTokenSource(Patience);
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync(deadline.Token);
        var errors = process.StandardError.ReadToEndAsync(deadline.Token);
        await process.WaitForExitAsync(deadline.Token);
        return process.ExitCode == 0
            ? await output
            : throw new InvalidOperationException($"{step}: this block ended with {process.ExitCode}:\n{step.Text}\n{await errors}{await output}");
    }
}
