using System.Diagnostics;
using System.Text.RegularExpressions;
using Dashtam.Jobs.Tests.Support;
using NUnit.Framework;

namespace Dashtam.Jobs.Tests.Integration.Tools;

/// <summary>tools/new-job.sh, as `make new-job` calls it. That what it makes compiles, the build of this project shows.</summary>
[Category("Integration")]
[CancelAfter(120_000)]
internal sealed partial class NewJobTests
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("dashtam-new-job-");

    [TearDown]
    public void RemoveFolder() => _folder.Delete(recursive: true);

    [Test]
    public async Task A_job_and_its_test_are_made_once_and_never_overwritten()
    {
        var (made, said) = await RunAsync("count_blue_moons", "Moons");
        var (again, problem) = await RunAsync("count_blue_moons", "Moons");

        Assert.That(made, Is.Zero, said);
        Assert.That(Files(), Is.EqualTo([
            "Dashtam.Jobs.Core/Tasks/Moons/CountBlueMoons.cs",
            "Dashtam.Jobs.Tests/Unit/Core/Tasks/Moons/CountBlueMoonsTests.cs",
        ]));
        var code = await File.ReadAllTextAsync(Path.Combine(_folder.FullName, Files()[0]));
        Assert.That(code, Does.Contain("[Job(\"count_blue_moons\", Category = \"moons\")]")
            .And.Contain("namespace Dashtam.Jobs.Core.Tasks.Moons;").And.Contain("class CountBlueMoons "));
        Assert.That((again, problem), Is.EqualTo(
            (1, $"new-job: {Files()[0]} is there already and stays as it is; remove it or take another NAME")));
    }

    [TestCase("", "Connections", 2, "NAME '' is not allowed; allowed is verb_noun")]
    [TestCase("count", "Connections", 2, "NAME 'count' is not allowed; allowed is verb_noun")]
    [TestCase("Count_It", "Connections", 2, "NAME 'Count_It' is not allowed; allowed is verb_noun")]
    [TestCase("count_it;ls", "Connections", 2, "NAME 'count_it;ls' is not allowed; allowed is verb_noun")]
    [TestCase("count_it", "", 2, "DOMAIN '' is not allowed; allowed is one word")]
    [TestCase("count_it", "../etc", 2, "DOMAIN '../etc' is not allowed; allowed is one word")]
    [TestCase("count_it", "connections", 2, "(there are: ")]
    [TestCase("count_it", "Task", 2, "code calls something else by that name")]
    [TestCase("count_it", "JobSummary", 2, "Dashtam.Jobs.Core/Execution/JobSummary.cs has a type of that name")]
    [TestCase("send_notification", "Connections", 1, "is there already: Dashtam.Jobs.Core/Tasks/Notifications/SendNotification.cs")]
    [TestCase("job_summary", "Connections", 1, "a type JobSummary is there already: Dashtam.Jobs.Core/Execution/JobSummary.cs")]
    public async Task A_bad_name_is_refused_with_what_is_allowed_and_nothing_is_made(string name, string domain, int code, string problem)
    {
        var (exitCode, said) = await RunAsync(name, domain);

        Assert.That(exitCode, Is.EqualTo(code), said);
        Assert.That(said, Does.StartWith("new-job: ").And.Contain(problem));
        Assert.That(Files(), Is.Empty);
    }

    public static IEnumerable<TestCaseData> Shown =>
        Directory.EnumerateFiles(Path.Combine(Sources.Root, "docs"), "*.md", SearchOption.AllDirectories).Append(Path.Combine(Sources.Root, "README.md"))
            .SelectMany(page => Command().Matches(File.ReadAllText(page)))
            .Select(command => (Name: command.Groups["name"].Value, Domain: command.Groups["domain"].Value)).Distinct()
            .Select(command => new TestCaseData(command.Name, command.Domain));

    [TestCaseSource(nameof(Shown))]
    public async Task What_a_page_shows_is_made_unless_somebody_has_made_it(string name, string domain)
    {
        var (exitCode, said) = await RunAsync(name, domain);

        Assert.That(exitCode == 1 ? said : "", Does.Contain($"a job '{name}' or a type").Or.Empty);
        Assert.That(Files(), Has.Length.EqualTo(exitCode == 1 ? 0 : 2), said);
    }

    [GeneratedRegex("make new-job NAME=(?<name>[a-z_]+) DOMAIN=(?<domain>[A-Za-z]+)", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex Command();

    private string[] Files() =>
    [
        .. _folder.EnumerateFiles("*", SearchOption.AllDirectories)
            .Select(file => Path.GetRelativePath(_folder.FullName, file.FullName)).Order(StringComparer.Ordinal),
    ];

    private async Task<(int ExitCode, string Output)> RunAsync(string name, string domain)
    {
        var script = Path.Combine(Sources.Root, "tools", "new-job.sh");
        var start = new ProcessStartInfo("bash", ["-c", "exec \"$@\" 2>&1", "bash", script, name, domain, _folder.FullName])
        {
            RedirectStandardOutput = true,
            UseShellExecute = false,
        };
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(100));
        using var process = Process.Start(start)!;
        var output = await process.StandardOutput.ReadToEndAsync(deadline.Token);
        await process.WaitForExitAsync(deadline.Token);
        return (process.ExitCode, output.Trim());
    }
}
