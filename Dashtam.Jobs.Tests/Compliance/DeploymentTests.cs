using System.Diagnostics;
using System.Text.RegularExpressions;
using Dashtam.Jobs.Tests.Support;
using NUnit.Framework;

namespace Dashtam.Jobs.Tests.Compliance;

/// <summary>Whoever deploys against servers of their own is told of every secret that the compose file asks for.</summary>
[Category("Unit")]
internal sealed partial class DeploymentTests
{
    private static readonly string Compose = Read("deploy", "docker-compose.yml");

    [Test]
    public void All_secrets_that_the_processes_need_are_named_wherever_secrets_are_listed()
    {
        var needed = Needed();
        var readme = Read("README.md").Split("\n\n").Single(part => part.Contains("write `redis_url_scheduler`", StringComparison.Ordinal));

        Assert.That(needed, Does.Contain("redis_url_scheduler").And.Contain("dashtam_api_secret_key"), "the services are found at all");
        Assert.That(MissingIn(Header(Compose)), Is.Empty, "docker-compose.yml");
        Assert.That(MissingIn(Header(Read("deploy", "secrets.sh"))), Is.Empty, "secrets.sh");
        Assert.That(MissingIn(readme), Is.Empty, "README.md");

        IEnumerable<string> MissingIn(string text) => needed.Where(name => !text.Contains(name, StringComparison.Ordinal));
    }

    [Test]
    public async Task The_script_makes_every_secret_that_the_compose_file_lists()
    {
        var directory = Directory.CreateTempSubdirectory("secrets-");
        try
        {
            var start = new ProcessStartInfo("bash", [Path.Combine(Sources.Root, "deploy", "secrets.sh")]);
            start.Environment["SECRETS_DIR"] = directory.FullName;
            using var script = Process.Start(start)!;
            await script.WaitForExitAsync();
            var made = directory.GetFiles().Select(file => file.Name);

            Assert.That(script.ExitCode, Is.Zero);
            Assert.That(Listed().Matches(Compose).Select(match => match.Groups["name"].Value).Except(made, StringComparer.Ordinal), Is.Empty);
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }

    // What the profile starts, a stranger's own servers take the place of.
    private static List<string> Needed() =>
    [
        .. Service().Split(Compose[Compose.IndexOf("\nservices:", StringComparison.Ordinal)..Compose.IndexOf("\nsecrets:", StringComparison.Ordinal)])
            .Where(service => !service.Contains("profiles:", StringComparison.Ordinal))
            .SelectMany(service => Mounted().Matches(service))
            .Select(match => match.Groups["name"].Value)
            .Distinct(StringComparer.Ordinal),
    ];

    private static string Header(string text) => string.Join('\n', text.Split('\n').TakeWhile(line => line.StartsWith('#')));

    private static string Read(params string[] path) => File.ReadAllText(Path.Combine([Sources.Root, .. path]));

    [GeneratedRegex("^  [a-z]+:$", RegexOptions.Multiline, matchTimeoutMilliseconds: 5000)]
    private static partial Regex Service();

    [GeneratedRegex("^      - (\\{source: )?(?<name>[a-z_]+)(,|$)", RegexOptions.Multiline | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 5000)]
    private static partial Regex Mounted();

    [GeneratedRegex("^  (?<name>[a-z_]+): \\{file:", RegexOptions.Multiline | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 5000)]
    private static partial Regex Listed();
}
