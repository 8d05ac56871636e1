using System.Diagnostics;
using Dashtam.Jobs.Tests.Support;
using NUnit.Framework;

namespace Dashtam.Jobs.Tests.Compliance;

/// <summary><c>.ci/test --coverage</c>: a copy of it, with a stand-in for <c>dotnet</c> whose tests run one line of three.</summary>
[Category("Unit")]
internal sealed class CoverageOfSomeTests
{
    private const string Dotnet = """
        #!/usr/bin/env bash
        [ "$1" = test ] || exit 0
        mkdir -p TestResults/1
        printf '<Counters total="1" executed="1" passed="1" failed="0" />\n' >TestResults/tests.trx
        for name in Core Scheduler Worker; do
            printf '<class name="A" filename="Dashtam.Jobs.%s/A.cs">\n<line number="1" hits="1" />\n' "$name"
            printf '<line number="2" hits="0" />\n<line number="3" hits="0" />\n'
        done >TestResults/1/coverage.cobertura.xml
        """;

    private readonly string _folder = Directory.CreateTempSubdirectory("coverage-").FullName;

    [SetUp]
    public async Task MakeRepository()
    {
        Directory.CreateDirectory(Path.Combine(_folder, ".ci"));
        foreach (var script in (string[])["test", "timed", "coverage"])
        {
            File.Copy(Path.Combine(Sources.Root, ".ci", script), Path.Combine(_folder, ".ci", script));
        }

        var dotnet = Path.Combine(Directory.CreateDirectory(Path.Combine(_folder, "bin")).FullName, "dotnet");
        await File.WriteAllTextAsync(dotnet, Dotnet.ReplaceLineEndings("\n"));
        await LocalCommand.RunAsync("chmod", "+x", dotnet);
    }

    [TearDown]
    public void RemoveFolder() => Directory.Delete(_folder, recursive: true);

    [Test]
    public async Task All_tests_are_held_to_the_floor()
    {
        var (exitCode, said) = await RunAsync("--coverage", "--no-build");

        Assert.That(said, Does.Contain("below the floor").And.Contains("1 passed, 1 failed"));
        Assert.That(exitCode, Is.EqualTo(1));
    }

    [TestCase("--filter", "Category=Unit")]
    [TestCase("--filter:Category=Unit", "--no-build")]
    public async Task Some_tests_are_measured_and_held_to_no_floor(params string[] arguments)
    {
        var (exitCode, said) = await RunAsync(["--coverage", .. arguments]);

        Assert.That(said, Does.Contain("33.33 % of 9 lines").And.Contains("not held to the floor").And.Contains("1 passed, 0 failed"));
        Assert.That(exitCode, Is.Zero);
    }

    private async Task<(int ExitCode, string Said)> RunAsync(params string[] arguments)
    {
        var start = new ProcessStartInfo("bash", [Path.Combine(_folder, ".ci", "test"), .. arguments])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["PATH"] = $"{Path.Combine(_folder, "bin")}:{start.Environment["PATH"]}";
        start.Environment.Remove("PARTS");
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, await output + await errors);
    }
}
