using System.Diagnostics;
using System.Text.RegularExpressions;

namespace Dashtam.Jobs.Tests.Support;

/// <summary>A block of a page that is a step: <c>bash</c> is run as it stands, <c>text</c> is for a person.</summary>
internal sealed record DocumentedStep(string Language, string Text);

/// <summary>The steps of a page of the docs.</summary>
internal static partial class DocumentedSteps
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly string[] PassedOn = ["PATH", "HOME", "DOTNET_ROOT", "TMPDIR", "USER"];

    public static IReadOnlyList<DocumentedStep> Read(string page) =>
    [
        .. Block().Matches(File.ReadAllText(Path.Combine(Sources.Root, page)))
            .Select(block => new DocumentedStep(block.Groups["language"].Value, block.Groups["text"].Value)),
    ];

    /// <summary>Runs a step with bash where the executables lie; each of its lines must succeed.</summary>
    /// <returns>What it printed.</returns>
    /// <exception cref="InvalidOperationException">It failed; the message holds the step and what it said.</exception>
    public static async Task<string> RunAsync(DocumentedStep step, IReadOnlyDictionary<string, string> variables)
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
            : throw new InvalidOperationException($"This step ended with {process.ExitCode}:\n{step.Text}\n{await errors}{await output}");
    }

    [GeneratedRegex("^```(?<language>[a-z]+)\n(?<text>.*?)^```$",
        RegexOptions.ExplicitCapture | RegexOptions.Multiline | RegexOptions.Singleline, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex Block();
}
