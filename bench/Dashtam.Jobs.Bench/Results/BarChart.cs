using System.Globalization;
using System.Xml.Linq;

namespace Dashtam.Jobs.Bench.Results;

/// <summary>
/// One figure of all peers as bars in an SVG: the median, and a line from the lowest to the highest. Readable on a
/// light page and on a dark one. Written by hand: chart libraries bring a native renderer, for the sake of some rectangles.
/// </summary>
internal static class BarChart
{
    private const int Width = 760;
    private const int LabelWidth = 120;
    private const int ValueWidth = 110;
    private const int Top = 40;
    private const int RowHeight = 28;
    private const int BarHeight = 16;
    private const string Font = "system-ui, sans-serif";
    private const string TextColour = "#6b7280";
    private const string OursColour = "#2563eb";
    private const string PeerColour = "#94a3b8";
    private const string CeilingColour = "#d6c08d";

    private static readonly XNamespace Svg = "http://www.w3.org/2000/svg";

    /// <param name="rows">All of one metric, at least one.</param>
    public static XDocument Draw(IReadOnlyList<Row> rows)
    {
        var metric = rows[0].Metric;
        var height = Top + (rows.Count * RowHeight) + 10;
        var longest = rows.Max(row => row.Value.High);
        double Scale(double value) => longest == 0 ? 0 : value / longest * (Width - LabelWidth - ValueWidth);
        var better = metric.MoreIsBetter ? "more is better" : "less is better";
        var chart = new XElement(
            Svg + "svg",
            new XAttribute("viewBox", $"0 0 {Width} {height}"),
            new XAttribute("role", "img"),
            new XElement(Svg + "title", $"{metric.Title}, {metric.Unit}; {better}"),
            Text(0, 20, $"{metric.Title}, {metric.Unit} ({better})", "start", bold: true));
        for (var i = 0; i < rows.Count; i++)
        {
            chart.Add(Bar(rows[i], Top + (i * RowHeight), Scale));
        }

        return new XDocument(chart);
    }

    private static object[] Bar(Row row, int top, Func<double, double> scale)
    {
        var colour = row.Peer == Lab.Peer.OursName ? OursColour
            : row.Peer.StartsWith("raw-", StringComparison.Ordinal) ? CeilingColour
            : PeerColour;
        var middle = top + (BarHeight / 2.0);
        return
        [
            Text(LabelWidth - 8, top + 12, row.Peer, "end", bold: false),
            new XElement(
                Svg + "rect",
                Number("x", LabelWidth), Number("y", top),
                Number("width", Math.Max(1, scale(row.Value.Median))), Number("height", BarHeight),
                new XAttribute("fill", colour)),
            new XElement(
                Svg + "line",
                Number("x1", LabelWidth + scale(row.Value.Low)), Number("x2", LabelWidth + scale(row.Value.High)),
                Number("y1", middle), Number("y2", middle),
                new XAttribute("stroke", TextColour), new XAttribute("stroke-width", 2)),
            Text(
                LabelWidth + scale(row.Value.High) + 8, top + 12, Figures.Text(row.Value.Median), "start", bold: false),
        ];
    }

    private static XElement Text(double x, double y, string text, string anchor, bool bold) => new(
        Svg + "text",
        Number("x", x), Number("y", y),
        new XAttribute("text-anchor", anchor), new XAttribute("font-family", Font), new XAttribute("font-size", 13),
        new XAttribute("font-weight", bold ? "600" : "400"), new XAttribute("fill", TextColour),
        text);

    private static XAttribute Number(string name, double value) =>
        new(name, value.ToString("0.#", CultureInfo.InvariantCulture));
}
