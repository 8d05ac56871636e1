using System.Reflection;
using System.Text.RegularExpressions;
using Dashtam.Jobs.Core.Execution;
using Dashtam.Jobs.Core.Settings;
using Dashtam.Jobs.Scheduler.Firing;
using Dashtam.Jobs.Tests.Support;
using Dashtam.Jobs.Worker;
using NUnit.Framework;

namespace Dashtam.Jobs.Tests.Compliance;

/// <summary>What no analyzer sees.</summary>
[Category("Unit")]
internal sealed class CodeTests
{
    private static readonly string[] Projects = ["Dashtam.Jobs.Core", "Dashtam.Jobs.Scheduler", "Dashtam.Jobs.Worker"];

    [Test]
    public void Core_knows_neither_Quartz_nor_ASP_NET() => Assert.That(
        References(typeof(JobCatalog)), Has.None.StartsWith("Quartz").And.None.StartsWith("Microsoft.AspNetCore"));

    [Test]
    public void Scheduler_and_worker_do_not_know_each_other()
    {
        Assert.That(References(typeof(ScheduleCatalog)), Has.None.EqualTo("Dashtam.Jobs.Worker"));
        Assert.That(
            References(typeof(QueuePump)), Has.None.EqualTo("Dashtam.Jobs.Scheduler").And.None.StartsWith("Quartz"));
    }

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

    private static IEnumerable<string?> References(Type type) =>
        type.Assembly.GetReferencedAssemblies().Select(assembly => assembly.Name);
}
