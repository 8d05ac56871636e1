using System.Text.RegularExpressions;
using Dashtam.Jobs.Tests.Support;
using NUnit.Framework;

namespace Dashtam.Jobs.Tests.Compliance;

/// <summary>Every golden capture is used: a test names its file, as a text of its own, in code and not in a comment.</summary>
[Category("Unit")]
internal sealed partial class FixtureTests
{
    // Not a name with a hole in it, nor a pattern: either would be there for a capture that nobody reads.
    private static readonly Lazy<HashSet<string>> Named = new(() => Sources.Files("Dashtam.Jobs.Tests", "*.cs")
        .SelectMany(File.ReadLines)
        .Where(line => !line.TrimStart().StartsWith("//", StringComparison.Ordinal))
        .SelectMany(line => NamePattern().Matches(line))
        .Select(match => match.Groups["name"].Value)
        .ToHashSet(StringComparer.Ordinal));

    public static IEnumerable<string> Fixtures =>
        Sources.Files("Dashtam.Jobs.Tests/Fixtures", "*").Select(file => Path.GetFileName(file)).Where(name => name != "README.md");

    [TestCaseSource(nameof(Fixtures))]
    public void A_capture_is_named_by_a_test(string name) => Assert.That(Named.Value, Does.Contain(name));

    [Test]
    public void A_test_names_no_capture_that_is_not_there() =>
        Assert.That(Named.Value.Except(Fixtures, StringComparer.Ordinal), Is.Empty);

    [GeneratedRegex("\"(?<name>(message|result|progress|schedule|sse|http)-[A-Za-z0-9.-]+\\.(json|pickle|txt))\"",
        RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex NamePattern();
}
