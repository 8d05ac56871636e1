using System.Diagnostics;
using Dashtam.Jobs.Tests.Support;
using NUnit.Framework;

namespace Dashtam.Jobs.Tests.Compliance;

/// <summary>The two scripts that the development containers run, with a <c>dotnet</c> that only notes what it was asked.</summary>
[Category("Unit")]
internal sealed class DevelopmentRunTests
{
    private const string FakeDotnet = """
        #!/usr/bin/env bash
        version=$(cat "$(dirname "$1")/version")
        trap 'echo "drained $version"; exit 0' TERM
        echo "started $version"
        while :; do sleep 0.05 & wait $!; done
        """;

    private DirectoryInfo _folder = null!;

    [SetUp]
    public async Task MakeFolder()
    {
        _folder = Directory.CreateTempSubdirectory("dev-run-");
        Directory.CreateDirectory(At("bin"));
        await WriteDotnetAsync(FakeDotnet);
    }

    [TearDown]
    public void RemoveFolder() => _folder.Delete(recursive: true);

    [Test]
    public async Task The_next_build_starts_after_the_program_before_it_has_drained()
    {
        Offer("1");
        using var run = Start("Program");
        var lines = run.StandardOutput;

        Assert.That(await LineAsync(lines), Is.EqualTo("started 1"));
        Offer("2");
        Assert.That(await LineAsync(lines), Is.EqualTo("drained 1"));
        Assert.That(await LineAsync(lines), Is.EqualTo("started 2"));

        await ScriptRun.RunAsync(["-c", $"kill -TERM {run.Id}"]);
        Assert.That(await LineAsync(lines), Is.EqualTo("drained 2"), "a stop of the container drains too");
        await run.WaitForExitAsync().WaitAsync(Patience);
        Assert.That(run.ExitCode, Is.Zero);
    }

    [Test]
    public async Task A_program_that_asks_for_it_is_started_again()
    {
        await WriteDotnetAsync("#!/usr/bin/env bash\necho started\n[ -e \"$0.once\" ] && exit 3\ntouch \"$0.once\"\nexit 75\n");
        Offer("1");
        using var run = Start("Program");

        Assert.That(await LineAsync(run.StandardOutput), Is.EqualTo("started"));
        Assert.That(await LineAsync(run.StandardOutput), Is.EqualTo("started"));
        Assert.That(await LineAsync(run.StandardOutput), Does.StartWith("Program ended with code 3."), "and not one that failed");
        run.Kill(entireProcessTree: true);
    }

    private static TimeSpan Patience => TimeSpan.FromSeconds(30);

    private static async Task<string?> LineAsync(StreamReader reader) => await reader.ReadLineAsync().WaitAsync(Patience);

    private string At(params string[] path) => Path.Combine([_folder.FullName, .. path]);

    private async Task WriteDotnetAsync(string text)
    {
        await File.WriteAllTextAsync(At("bin", "dotnet"), text);
        await ScriptRun.RunAsync(["-c", $"chmod +x {At("bin", "dotnet")}"]);
    }

    private void Offer(string version)
    {
        Directory.CreateDirectory(At("programs", "Program", version));
        File.WriteAllText(At("programs", "Program", version, "version"), version);
        File.Delete(At("programs", "Program", "current"));
        File.CreateSymbolicLink(At("programs", "Program", "current"), version);
    }

    private Process Start(string project)
    {
        var start = new ProcessStartInfo(LocalCommand.Find("bash"), [Path.Combine("deploy", "dev-run.sh"), project])
        {
            UseShellExecute = false,
            WorkingDirectory = Sources.Root,
            RedirectStandardOutput = true,
        };
        start.Environment["PATH"] = At("bin") + Path.PathSeparator + Environment.GetEnvironmentVariable("PATH");
        start.Environment["DEV_PROGRAMS"] = At("programs");
        return Process.Start(start)!;
    }
}
