using System.Text.Json;
using Dashtam.Jobs.Core.Queue.Fsck;
using Dashtam.Jobs.Scheduler.Cli;
using Dashtam.Jobs.Tests.Support;
using NUnit.Framework;
using Spectre.Console;

namespace Dashtam.Jobs.Tests.Unit.Scheduler.Cli;

[Category("Unit")]
internal sealed class FsckOutputTests
{
    private static readonly FsckReport Report = new(
        "q",
        [new(FindingKind.UnknownKey, Found: 3, Repaired: 0), new(FindingKind.OrphanList, 2, 2), new(FindingKind.DelayedFarOff, 1, 0)],
        [new(FindingKind.UnknownKey, "[bold]k\u001b[31m", "a string", Repaired: false)],
        Examined: 12, TimeSpan.FromSeconds(1.26));

    [Test]
    public void The_summary_counts_what_is_left_and_warnings_apart() => Assert.That(
        FsckTable.Summary(Report),
        Is.EqualTo("q: inconsistencies 5, left 3, warnings 1 (12 keys and entries in 1.3 s)"));

    [Test]
    public void Keys_of_others_cannot_write_markup_or_control_the_terminal()
    {
        using var writer = new StringWriter();
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Ansi = AnsiSupport.No, Out = new AnsiConsoleOutput(writer) });

        FsckTable.Write(console, Report);

        Assert.That(writer.ToString(), Does.Contain("[bold]k\\u001b[31m").And.Not.Contain("\u001b"));
    }

    [Test]
    public void Json_has_names_counts_and_what_repair_does()
    {
        var json = JsonDocument.Parse(FsckJson.Text(Report)).RootElement;

        Assert.That(json.GetProperty("left").GetInt64(), Is.EqualTo(3));
        Assert.That(json.GetProperty("elapsed_ms").GetInt64(), Is.EqualTo(1_260));
        Assert.That(json.GetProperty("kinds")[0].GetProperty("name").GetString(), Is.EqualTo("unknown_key"));
        Assert.That(json.GetProperty("kinds")[2].GetProperty("warning").GetBoolean(), Is.True);
    }

    [Test]
    public void Warnings_alone_are_clean() => Assert.That(
        (Report with { Counts = [new(FindingKind.DelayedFarOff, 1, 0)] }).IsClean, Is.True);

    [TestCaseSource(nameof(Kinds))]
    public void Every_kind_says_what_repair_does_and_is_in_the_docs(FindingKind kind)
    {
        var docs = File.ReadAllText(Path.Combine(Sources.Root, "docs", "reference", "fsck.md"));

        Assert.That(kind.Remedy(), Is.Not.Empty);
        Assert.That(docs, Does.Contain($"| `{kind.Name()}` |"));
    }

    private static FindingKind[] Kinds() => Enum.GetValues<FindingKind>();
}
