using System.Text.RegularExpressions;
using Dashtam.Jobs.Core.Queue.Leaving;
using Dashtam.Jobs.Tests.Support;
using NUnit.Framework;

namespace Dashtam.Jobs.Tests.Docs;

/// <summary>The table of exits in docs/architecture/background-jobs.md beside the one in the code.</summary>
[Category("Unit")]
internal sealed partial class ExitTablePageTests
{
    private static readonly Dictionary<string, string[]> Page = Row()
        .Matches(File.ReadAllText(Path.Combine(Sources.Root, "docs", "architecture", "background-jobs.md")))
        .ToDictionary(
            match => match.Groups["exit"].Value, match => match.Groups["fates"].Value.Split('|', StringSplitOptions.TrimEntries), StringComparer.Ordinal);

    [Test]
    public void It_has_each_exit_once() => Assert.That(Page.Keys, Is.EquivalentTo(Enum.GetNames<ExitKind>()));

    [Test]
    public void It_says_of_each_held_thing_what_the_code_does() => Assert.That(
        Page.ToDictionary(row => row.Key, row => string.Join(", ", row.Value), StringComparer.Ordinal),
        Is.EquivalentTo(Enum.GetValues<ExitKind>().ToDictionary(
            exit => $"{exit}",
            exit => string.Join(", ", Enum.GetValues<Held>().Select(held => Words(ExitTable.Of(exit, held)))),
            StringComparer.Ordinal)));

    [Test]
    public void Finished_jobs_and_replaced_ones_go_in_one_script_and_so_by_one_row() =>
        Assert.That(ExitTable.Row(ExitKind.Replaced), Is.EqualTo(ExitTable.Row(ExitKind.Finished)));

    private static string Words(Fate fate) => fate switch
    {
        Fate.GivenUp => "given up",
        Fate.Kept => "kept",
        _ => "moved",
    };

    [GeneratedRegex(@"^\| `(?<exit>[A-Za-z]+)` \| [^|]+ \| (?<fates>(given up|kept|moved) \| (given up|kept|moved)) \|",
        RegexOptions.ExplicitCapture | RegexOptions.Multiline, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex Row();
}
