using System.Text.Json;
using System.Text.RegularExpressions;
using Dashtam.Jobs.Tests.Support;
using NUnit.Framework;

namespace Dashtam.Jobs.Tests.Compliance;

/// <summary>Development in containers, as far as it needs none: <c>make dev-smoke</c> tries the rest.</summary>
[Category("Unit")]
internal sealed partial class DevelopmentTests
{
    private static readonly string[] Commands = ["up", "down", "restart", "status", "logs", "shell", "redis-cli", "psql", "test"];

    [TestCaseSource(nameof(Commands))]
    public async Task Without_Docker_one_sentence_says_what_is_missing_and_what_works_without_it(string command)
    {
        var path = Directory.CreateTempSubdirectory("no-docker-");
        try
        {
            foreach (var program in (string[])["bash", "dirname", "id", "sed"])
            {
                File.CreateSymbolicLink(Path.Combine(path.FullName, program), LocalCommand.Find(program));
            }

            var run = await ScriptRun.RunAsync([Script, command], ("PATH", path.FullName));

            Assert.That(run.ExitCode, Is.EqualTo(1));
            Assert.That(run.Output, Is.Empty);
            Assert.That(run.Errors.Trim().Split('\n'), Has.Length.EqualTo(1));
            Assert.That(run.Errors, Does.Contain("`docker` is missing").And.Contain($"`make dev-{command}`").And.Contain("Without it: "));
        }
        finally
        {
            path.Delete(recursive: true);
        }
    }

    [TestCase("restart")]
    [TestCase("logs")]
    [TestCase("shell")]
    public async Task A_service_that_does_not_exist_is_refused_with_those_that_do(string command)
    {
        var run = await ScriptRun.RunAsync([Script, command, "wroker"]);

        Assert.That(run.ExitCode, Is.EqualTo(2));
        Assert.That(run.Errors, Does.Contain("\"wroker\"").And.Contain("build scheduler worker redis postgres"));
    }

    [Test]
    public void Every_command_is_a_target_of_make_and_on_the_page()
    {
        var makefile = Read("Makefile");
        var page = Read("docs", "how-to", "develop-in-containers.md");

        foreach (var command in Commands)
        {
            Assert.That(makefile, Does.Contain($"\ndev-{command}: ## "));
            Assert.That(page, Does.Contain($"make dev-{command}"));
        }
    }

    [Test]
    public void Ports_of_the_containers_are_open_to_this_machine_alone()
    {
        var ports = Ports().Matches(Read("deploy", "docker-compose.dev.yml")).Select(match => match.Groups["ports"].Value).ToList();

        Assert.That(ports, Has.Count.EqualTo(4), "the four services are found");
        Assert.That(ports, Is.All.Match("^\"127\\.0\\.0\\.1:[^,]*\"$"));
    }

    [Test]
    public void Editors_start_projects_that_exist()
    {
        using var solution = JsonDocument.Parse(Read("Dashtam.Jobs.slnLaunch"));
        using var launch = JsonDocument.Parse(Read(".vscode", "launch.json"));

        var projects = solution.RootElement[0].GetProperty("Projects").EnumerateArray()
            .Select(project => Path.GetFileNameWithoutExtension(project.GetProperty("Path").GetString()!.Replace('\\', '/')));
        var programs = launch.RootElement.GetProperty("configurations").EnumerateArray()
            .Select(configuration => Path.GetFileNameWithoutExtension(configuration.GetProperty("program").GetString()!));

        string[] both = ["Dashtam.Jobs.Scheduler", "Dashtam.Jobs.Worker"];
        Assert.That(projects, Is.EqualTo(both));
        Assert.That(programs, Is.EqualTo(both));
        foreach (var project in both)
        {
            Assert.That(Read(project, $"{project}.csproj"), Is.Not.Empty);
            Assert.That(Read(project, "Properties", "launchSettings.json"), Does.Contain($"\"{project}\"").And.Contain("Development"));
        }
    }

    private static string Script => Path.Combine("deploy", "dev.sh");

    private static string Read(params string[] path) => File.ReadAllText(Path.Combine([Sources.Root, .. path]));

    [GeneratedRegex("^    ports: \\[(?<ports>.*)\\]$", RegexOptions.Multiline | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 5000)]
    private static partial Regex Ports();
}
