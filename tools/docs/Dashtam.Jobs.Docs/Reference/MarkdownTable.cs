using System.Net;
using System.Text;
using System.Text.RegularExpressions;

namespace Dashtam.Jobs.Docs.Reference;

/// <summary>A table of Markdown.</summary>
internal sealed partial class MarkdownTable(params string[] headings)
{
    private readonly List<string[]> _rows = [];

    public MarkdownTable Add(params string[] cells)
    {
        _rows.Add(cells);
        return this;
    }

    public override string ToString()
    {
        var text = new StringBuilder();
        Append(text, headings);
        _ = text.Append('|').Insert(text.Length, "---|", headings.Length).Append('\n');
        foreach (var row in _rows)
        {
            Append(text, row);
        }

        return text.ToString();
    }

    private static void Append(StringBuilder text, string[] cells) =>
        text.Append("| ").AppendJoin(" | ", cells.Select(Cell)).Append(" |\n");

    // GitHub and mkdocs read a pipe in a row's code differently, unless it is an entity, which only an element understands.
    private static string Cell(string text) => Code()
        .Replace(text, code => code.Value.Contains('|', StringComparison.Ordinal)
            ? $"<code>{WebUtility.HtmlEncode(code.Value[1..^1]).Replace("|", "&#124;", StringComparison.Ordinal)}</code>"
            : code.Value)
        .Replace("|", "\\|", StringComparison.Ordinal);

    [GeneratedRegex("`[^`]+`", RegexOptions.None, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex Code();
}
