using System.Text.RegularExpressions;
using Dashtam.Jobs.Tests.Support;
using NUnit.Framework;

namespace Dashtam.Jobs.Tests.Compliance;

/// <summary>What GitHub runs with this repository's token.</summary>
[Category("Unit")]
internal sealed partial class WorkflowTests
{
    [TestCaseSource(nameof(Workflows))]
    public void Each_action_is_pinned_by_a_commit_and_says_its_version(string workflow)
    {
        var loose = File.ReadLines(Path.Combine(Folder, workflow))
            .Where(line => line.Contains("uses:", StringComparison.Ordinal) && !Pinned().IsMatch(line));

        Assert.That(loose, Is.Empty);
    }

    [TestCaseSource(nameof(Workflows))]
    public void Each_workflow_may_only_read(string workflow)
    {
        var text = File.ReadAllText(Path.Combine(Folder, workflow));

        Assert.That(text, Does.Contain("\npermissions:\n  contents: read\n\n"));
        Assert.That(text, Does.Not.Contain(": write").And.Not.Contain("write-all"));
    }

    [TestCaseSource(nameof(Workflows))]
    public void Each_job_ends_in_time(string workflow)
    {
        var text = File.ReadAllText(Path.Combine(Folder, workflow));

        Assert.That(Limit().Count(text), Is.EqualTo(Runner().Count(text)).And.Positive);
    }

    private static string Folder => Path.Combine(Sources.Root, ".github", "workflows");

    private static IEnumerable<string?> Workflows() => Directory.EnumerateFiles(Folder).Select(Path.GetFileName).Order(StringComparer.Ordinal);

    [GeneratedRegex(@"uses: [\w.-]+(/[\w.-]+)+@[0-9a-f]{40} # v\d+\.\d+\.\d+$", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Pinned();

    [GeneratedRegex("^    runs-on:", RegexOptions.Multiline, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Runner();

    [GeneratedRegex(@"^    timeout-minutes: \d+$", RegexOptions.Multiline, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Limit();
}
