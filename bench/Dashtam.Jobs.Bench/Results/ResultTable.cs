using Spectre.Console;

namespace Dashtam.Jobs.Bench.Results;

/// <summary>The table on the terminal.</summary>
internal static class ResultTable
{
    public static void Print(IAnsiConsole console, IReadOnlyList<Row> rows)
    {
        var table = new Table().Border(TableBorder.Simple)
            .AddColumns("workload", "figure", "peer")
            .AddColumn(new TableColumn("median").RightAligned())
            .AddColumn(new TableColumn("range").RightAligned())
            .AddColumn("unit")
            .AddColumn(new TableColumn("ours / peer").RightAligned())
            .AddColumn(new TableColumn("range").RightAligned());
        foreach (var row in rows)
        {
            table.AddRow(
                row.Metric.Workload, row.Metric.Title, row.Peer,
                Figures.Text(row.Value.Median), Figures.Range(row.Value), row.Metric.Unit,
                row.Ratio is { } ratio ? Figures.Text(ratio.Median) : "",
                row.Ratio is { } range ? Figures.Range(range) : "");
        }

        console.Write(table);
    }
}
