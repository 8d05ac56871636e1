using System.Globalization;
using Dashtam.Jobs.Core.Logging;
using Dashtam.Jobs.Core.Queue.Fsck;
using Spectre.Console;

namespace Dashtam.Jobs.Scheduler.Cli;

/// <summary>The findings for a person.</summary>
internal static class FsckTable
{
    public static Task WriteAsync(FsckReport report)
    {
        Write(OutputConsole.Create(), report);
        return Task.CompletedTask;
    }

    /// <summary>Writes to a given console.</summary>
    public static void Write(IAnsiConsole console, FsckReport report)
    {
        if (report.Counts.Count > 0)
        {
            console.Write(Counts(report));
            console.Write(Findings(report));
        }

        console.WriteLine(Summary(report));
    }

    /// <summary>The last line.</summary>
    public static string Summary(FsckReport report)
    {
        var found = report.Counts.Sum(count => count.Found);
        var warnings = report.Counts.Where(count => count.Kind.IsWarning()).Sum(count => count.Found);
        var verdict = found == 0 ? "clean"
            : $"inconsistencies {found - warnings}, left {report.Left}, warnings {warnings}";
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{report.Queue}: {verdict} ({report.Examined} keys and entries in {report.Elapsed.TotalSeconds:0.0} s)");
    }

    private static Table Counts(FsckReport report)
    {
        var table = new Table().AddColumns("kind", "found", "repaired", "what repair does");
        foreach (var count in report.Counts)
        {
            table.AddRow(Cells(count.Kind.Name(), count.Found, count.Repaired, count.Kind.Remedy()));
        }

        return table;
    }

    private static Table Findings(FsckReport report)
    {
        var table = new Table().AddColumns("kind", "key", "detail", "repaired");
        foreach (var finding in report.Findings)
        {
            table.AddRow(Cells(finding.Kind.Name(), finding.Key, finding.Detail, finding.Repaired ? "yes" : "no"));
        }

        return table;
    }

    // Keys and ids are others' text: neither markup nor control characters of theirs reach the terminal.
    private static Text[] Cells(params object[] values) => [.. values.Select(value => new Text(Printable.Of($"{value}")))];
}
