using System.Xml.Linq;
using Dashtam.Jobs.Tests.Support;
using NUnit.Framework;

namespace Dashtam.Jobs.Tests.Compliance;

/// <summary>
/// The adapter drops a filter that selects more tests than its limit, 2,000, and runs all tests of the assembly without a word:
/// <c>make test-unit</c> did.
/// </summary>
[Category("Unit")]
internal sealed class RunSettingsTests
{
    private static readonly string Project = Path.Combine(Sources.Root, "Dashtam.Jobs.Tests");

    public static IEnumerable<string> Settings => Directory.EnumerateFiles(Project, "*.runsettings")
        .Concat(Directory.EnumerateFiles(Path.Combine(Sources.Root, ".ci"), "*.runsettings"))
        .Select(file => Path.GetRelativePath(Sources.Root, file));

    [TestCaseSource(nameof(Settings))]
    public void A_filter_is_obeyed_however_many_tests_it_selects(string settings)
    {
        var limit = XDocument.Load(Path.Combine(Sources.Root, settings)).Root?.Element("NUnit")?.Element("AssemblySelectLimit")?.Value;

        Assert.That(limit, Is.EqualTo("1000000"), "NUnit/AssemblySelectLimit");
    }

    [Test]
    public void The_project_names_its_settings() => Assert.That(
        XDocument.Load(Path.Combine(Project, "Dashtam.Jobs.Tests.csproj")).Descendants("RunSettingsFilePath").Single().Value,
        Does.EndWith("test.runsettings"));
}
