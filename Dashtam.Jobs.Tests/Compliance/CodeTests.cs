using System.Reflection;
using System.Text.RegularExpressions;
using Dashtam.Jobs.Core.Settings;
using Dashtam.Jobs.Tests.Support;
using NUnit.Framework;

namespace Dashtam.Jobs.Tests.Compliance;

/// <summary>What no analyzer sees.</summary>
[Category("Unit")]
internal sealed partial class CodeTests
{
    private static readonly string[] Projects = ["Dashtam.Jobs.Core", "Dashtam.Jobs.Scheduler", "Dashtam.Jobs.Worker"];

    [Test]
    public void Every_log_message_has_a_name_of_its_own_in_snake_case()
    {
        var names = OurCode.LogMessages.Select(message => message.EventName).OfType<string>().ToList();

        Assert.That(names, Has.Count.GreaterThan(30), "the attributes are found at all");
        Assert.That(names, Is.All.Match("^[a-z]+(_[a-z0-9]+)+$"));
        Assert.That(names, Is.Unique);
    }

    [Test]
    public void Every_setting_is_in_the_table_of_the_docs()
    {
        var table = File.ReadAllText(Path.Combine(Sources.Root, "docs", "reference", "settings.md"));

        var missing = OurCode.Types
            .SelectMany(type => type.GetProperties())
            .Select(property => property.GetCustomAttribute<SettingAttribute>()?.Name)
            .OfType<string>()
            .Distinct(StringComparer.Ordinal)
            .Where(name => !table.Contains($"| `{name}` |", StringComparison.Ordinal));

        Assert.That(missing, Is.Empty);
    }

    [Test]
    public void Keys_are_spelled_in_one_file()
    {
        var spelled = new Regex(
            "\"[^\"\n]*:(processing|delayed|workers|suspects|dead|parked|once)[:\"]", RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(5));

        var offenders = Projects.SelectMany(project => Sources.Files(project, "*.cs"))
            .Where(file => Path.GetFileName(file) != "QueueKeys.cs")
            .Where(file => spelled.IsMatch(File.ReadAllText(file)));

        Assert.That(offenders, Is.Empty);
    }

    /// <summary>Both forms of a generic type may stand together.</summary>
    [Test]
    public void A_file_declares_one_public_type_at_most_and_is_named_after_it()
    {
        var declared = Projects.SelectMany(project => Sources.Files(project, "*.cs"))
            .Select(file => (
                Name: Path.GetFileName(file).Split('.')[0],
                Types: PublicType().Matches(File.ReadAllText(file)).Select(match => match.Groups["name"].Value)
                    .Distinct(StringComparer.Ordinal).ToList()))
            .Where(file => file.Types.Count > 0)
            .ToList();

        Assert.That(declared, Has.Count.GreaterThan(30), "they are found at all");
        Assert.That(
            declared.Where(file => file.Types.Count > 1 || file.Types[0] != file.Name)
                .Select(file => $"{file.Name}.cs: {string.Join(' ', file.Types)}"),
            Is.Empty);
    }

    [GeneratedRegex(
        @"^public ([\w<>,]+ )*(class|struct|interface|enum|record|delegate \S+) (?<name>\w+)",
        RegexOptions.Multiline | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 5_000)]
    private static partial Regex PublicType();
}
