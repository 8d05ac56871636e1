using System.Text;

namespace Dashtam.Jobs.Bench.Results;

/// <summary>The tables of the documentation.</summary>
internal static class MarkdownTable
{
    /// <summary>One workload's rows.</summary>
    public static string Of(IEnumerable<Row> rows)
    {
        var text = new StringBuilder()
            .Append("| figure | peer | median | range | ours / peer | range | rounds |\n")
            .Append("|---|---|---:|---:|---:|---:|---:|\n");
        foreach (var row in rows)
        {
            string[] cells =
            [
                $"{row.Metric.Title}, {row.Metric.Unit}", $"`{row.Peer}`",
                Figures.Text(row.Value.Median), Figures.Range(row.Value),
                row.Ratio is { } ratio ? $"**{Figures.Text(ratio.Median)}**" : "",
                row.Ratio is { } range ? Figures.Range(range) : "",
                Figures.Whole(row.Rounds),
            ];
            text.Append("| ").AppendJoin(" | ", cells).Append(" |\n");
        }

        return text.ToString();
    }
}
