using ArchUnitNET.Domain;
using ArchUnitNET.Fluent.Syntax.Elements.Types;
using ArchUnitNET.Loader;
using ArchUnitNET.NUnit;
using Dashtam.Jobs.Core.Execution.Catalog;
using Dashtam.Jobs.Core.Hosting;
using Dashtam.Jobs.Scheduler;
using Dashtam.Jobs.Scheduler.Firing;
using Dashtam.Jobs.Scheduler.Health;
using Dashtam.Jobs.Worker.Fetching;
using NUnit.Framework;
using static ArchUnitNET.Fluent.ArchRuleDefinition;

namespace Dashtam.Jobs.Tests.Compliance;

/// <summary>Which code may use which, as compiled: docs/architecture/background-jobs.md, "Which code uses which".</summary>
[Category("Unit")]
internal sealed class ArchitectureTests
{
    private const string Core = @"^Dashtam\.Jobs\.Core(\.|$)";
    private const string Tasks = @"^Dashtam\.Jobs\.Core\.Tasks(\.|$)";
    private const string Infrastructure = @"^Dashtam\.Jobs\.Core\.Infrastructure\.(Database|Notices|DashtamApi|Effects)(\.|$)";

    /// <summary>All of Core but its jobs and the outside systems that only jobs use. Redis is part of it: the queue is in Redis.</summary>
    private const string Engine = @"^Dashtam\.Jobs\.Core(\.(?!Tasks|Infrastructure)|\.Infrastructure\.Redis|\.Infrastructure$|$)";

    private static readonly Lazy<Architecture> Loaded = new(() => new ArchLoader()
        .LoadAssemblies(typeof(JobCatalog).Assembly, typeof(ScheduleCatalog).Assembly, typeof(QueuePump).Assembly)
        .Build());

    private static readonly Lazy<NamespaceGraph> Graph = new(() => NamespaceGraph.Of(Code.Types));

    /// <summary>
    /// Without these uses there are no circles. The list may only shrink: a test fails for each entry that has become unnecessary.
    /// </summary>
    private static readonly NamespaceUse[] Circular =
    [
        new("Core.Infrastructure.Redis", "Core.Hosting"),
        new("Core.Infrastructure.Redis", "Core.Queue"),
        new("Core.Logging", "Core.Hosting"),
        new("Core.Queue.Fsck", "Core.Queue.Fsck.Checks"),
        new("Core.Settings", "Core.Logging"),
        new("Core.Settings", "Core.Queue"),
        new("Core.Wire", "Core.Execution"),
    ];

    private static Architecture Code => Loaded.Value;

    public static IEnumerable<string> Listed => Circular.Select(use => $"{use}");

    [TestCase("Quartz")]
    [TestCase("Microsoft.AspNetCore")]
    [TestCase("Dashtam.Jobs.Scheduler")]
    [TestCase("Dashtam.Jobs.Worker")]
    public void Core_does_not_know(string what) => AssertDoNotUse(Types().That().ResideInNamespaceMatching(Core), Below(what));

    [TestCase("Dashtam.Jobs.Scheduler", "Dashtam.Jobs.Worker")]
    [TestCase("Dashtam.Jobs.Worker", "Dashtam.Jobs.Scheduler")]
    [TestCase("Dashtam.Jobs.Worker", "Quartz")]
    public void A_process_does_not_know(string process, string what) =>
        AssertDoNotUse(Types().That().ResideInNamespaceMatching(Below(process)), Below(what));

    /// <summary>What registers services knows them all: it is where the parts are put together.</summary>
    [TestCase(Tasks)]
    [TestCase(Infrastructure)]
    public void The_engine_knows_neither_jobs_nor_what_only_jobs_use(string what) =>
        AssertDoNotUse(Types().That().ResideInNamespaceMatching(Engine).And().AreNot(typeof(QueueServices)), what);

    [Test]
    public void Infrastructure_does_not_know_the_jobs() =>
        AssertDoNotUse(Types().That().ResideInNamespaceMatching(Infrastructure), Tasks);

    [TestCase("StackExchange.Redis")]
    [TestCase("Npgsql")]
    [TestCase("Microsoft.Data.Sqlite")]
    [TestCase("System.Net")]
    [TestCase("System.IO")]
    public void A_job_does_no_input_and_output_of_its_own(string with) =>
        AssertDoNotUse(Types().That().ResideInNamespaceMatching(Tasks), Below(with));

    /// <summary>Beside them, what registers Quartz knows it, and what says whether its scheduler runs.</summary>
    [Test]
    public void Quartz_is_known_where_crons_are_computed_and_where_schedules_fire() => AssertDoNotUse(
        Types().That().DoNotResideInNamespaceMatching(@"^Dashtam\.Jobs\.Scheduler\.(Firing|Crons)$")
            .And().AreNot(typeof(SchedulerServices), typeof(FiringHealthCheck)),
        Below("Quartz"));

    [Test]
    public void No_namespaces_use_each_other_in_a_circle_but_for_those_listed()
    {
        var without = Graph.Value.Without(Circular);

        Assert.That(without.Uses, Has.Count.GreaterThan(100), "the uses are found at all");
        Assert.That(without.Circles().Select(use => $"{use}: {without.Uses[use]}"), Is.Empty);
    }

    [TestCaseSource(nameof(Listed))]
    public void A_circle_that_is_listed_is_still_there(string listed)
    {
        var others = Circular.Where(use => $"{use}" != listed);

        Assert.That(
            Graph.Value.Without(others).Circles().Select(use => $"{use}"), Does.Contain(listed), "take it off the list");
    }

    private static void AssertDoNotUse(GivenTypesConjunction types, string namespaces)
    {
        var used = Types(includeReferenced: true).That().ResideInNamespaceMatching(namespaces);

        Assert.That(used.GetObjects(Code), Is.Not.Empty, "somebody uses them, or the rule says nothing");
        types.Should().NotDependOnAny(used).Check(Code);
    }

    /// <summary>A namespace and those in it.</summary>
    private static string Below(string name) => $@"^{name.Replace(".", @"\.", StringComparison.Ordinal)}(\.|$)";
}
