using System.Globalization;
using Dashtam.Jobs.Core.Logging;
using Dashtam.Jobs.Core.Queue.HandOver;
using Spectre.Console;

namespace Dashtam.Jobs.Scheduler.Cli;

/// <summary>A hand-over for a person.</summary>
internal static class HandOverTable
{
    private const string Unreadable = "(not to be read here)";

    public static Task WriteAsync(HandOverReport report)
    {
        Write(OutputConsole.Create(), report);
        return Task.CompletedTask;
    }

    /// <summary>Writes to a given console.</summary>
    public static void Write(IAnsiConsole console, HandOverReport report)
    {
        WriteTable(console, report.Places, ["place", "key", "found", "moved", "problem"], place =>
            [place.Name, place.Key, place.Found, place.Moved, place.Problem ?? ""]);
        WriteTable(console, report.Names, ["name", "jobs", "a Python worker"], jobs =>
            [jobs.Name ?? Unreadable, jobs.Count, Meaning(jobs.Python)]);
        WriteTable(console, report.Delayed.Earliest, ["delayed, and stays: due (UTC)", "name", "task id"], job =>
            [Due(job.Due), job.Name ?? Unreadable, job.TaskId ?? ""]);
        console.WriteLine(Summary(report));
    }

    /// <summary>The last line.</summary>
    public static string Summary(HandOverReport report)
    {
        var found = report.Places.Sum(place => place.Found);
        var moved = report.Places.Sum(place => place.Moved);
        var verdict = report.Options.Move ? $"{moved} jobs moved" : $"{found} jobs would be moved (--yes moves them)";
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{report.Queue}: {verdict}; {report.Ready} were ready before, {report.Delayed.Count} delayed jobs and "
            + $"{report.DeadLetters} dead letters stay");
    }

    private static string Meaning(PythonView view) => view switch
    {
        PythonView.Runs => "runs it",
        PythonView.Drops => "drops it: it has no such function",
        _ => "runs it only if it has such a function; no job here has",
    };

    private static string Due(DateTimeOffset? due) =>
        due?.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture) ?? "never";

    private static void WriteTable<T>(
        IAnsiConsole console, IReadOnlyList<T> rows, string[] columns, Func<T, object[]> cells)
    {
        if (rows.Count == 0)
        {
            return;
        }

        var table = new Table().AddColumns(columns);
        foreach (var row in rows)
        {
            // A producer chose the names and ids. Text takes no markup, and Printable lets no control character reach the terminal.
            table.AddRow([.. cells(row).Select(value => new Text(Printable.Of(string.Create(CultureInfo.InvariantCulture, $"{value}"))))]);
        }

        console.Write(table);
    }
}
