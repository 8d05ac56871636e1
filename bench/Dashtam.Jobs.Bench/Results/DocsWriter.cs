using System.Globalization;
using System.Text;

namespace Dashtam.Jobs.Bench.Results;

/// <summary>Writes what was measured into the documentation: tables between markers, and charts.</summary>
/// <param name="document">The page with the markers.</param>
/// <param name="charts">The folder of charts.</param>
internal sealed class DocsWriter(string document, string charts)
{
    // What a chart shows best; the rest is in the tables.
    private static readonly string[] Charted =
    [
        "w1/jobs", "w1c50/jobs", "w2/jobs", "w2b/jobs", "w3/p50", "w3/p99", "w4/p99", "w4p/p99", "w5/worker", "w9/jobs",
    ];

    /// <summary>Only the workloads among the results change.</summary>
    public void Write(IReadOnlyList<RunResult> results)
    {
        var rows = Comparison.Of(results);
        var machines = results.Select(result => result.Machine.Text).Distinct(StringComparer.Ordinal);
        var text = MarkedDocument.Replace(File.ReadAllText(document), "machine", string.Join('\n', machines));
        Directory.CreateDirectory(charts);
        foreach (var workload in rows.GroupBy(row => row.Metric.Workload, StringComparer.Ordinal))
        {
            text = MarkedDocument.Replace(text, workload.Key, $"{MarkdownTable.Of(workload)}\n{Draw(workload)}");
        }

        File.WriteAllText(document, text);
    }

    // Draws the charts of a workload and returns the links to them.
    private string Draw(IEnumerable<Row> rows)
    {
        var links = new StringBuilder();
        foreach (var metric in rows.Where(row => Charted.Contains(row.Metric.Id, StringComparer.Ordinal))
            .GroupBy(row => row.Metric.Id, StringComparer.Ordinal))
        {
            var file = Path.Combine(charts, metric.Key.Replace('/', '-') + ".svg");
            File.WriteAllText(file, $"{BarChart.Draw([.. metric])}\n");
            var folder = Path.GetDirectoryName(Path.GetFullPath(document))!; // a file has one
            var link = Path.GetRelativePath(folder, file);
            links.Append(CultureInfo.InvariantCulture, $"![{metric.First().Metric.Title}]({link})\n");
        }

        return links.ToString();
    }
}
