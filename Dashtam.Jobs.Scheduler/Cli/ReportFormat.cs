using System.CommandLine;

namespace Dashtam.Jobs.Scheduler.Cli;

/// <summary>The option <c>--format</c> of commands that report: a table for people, JSON for programs.</summary>
internal sealed class ReportFormat
{
    private const string Table = "table";
    private const string Json = "json";

    public ReportFormat(string description)
    {
        Option = new Option<string>("--format") { Description = description, DefaultValueFactory = _ => Table };
        Option.AcceptOnlyFromAmong(Table, Json);
    }

    public Option<string> Option { get; }

    /// <summary>How the report is written that was asked for.</summary>
    public Func<TReport, Task> Choose<TReport>(ParseResult parsed, Func<TReport, Task> table, Func<TReport, Task> json) =>
        parsed.GetValue(Option) == Json ? json : table;
}
