namespace Dashtam.Jobs.Bench.Results;

/// <summary>
/// Replaces what stands between <c>&lt;!-- bench:name --&gt;</c> and <c>&lt;!-- /bench:name --&gt;</c>; the prose stays.
/// </summary>
internal static class MarkedDocument
{
    /// <summary>Puts a new body between a name's markers; a text without them stays as it is.</summary>
    /// <exception cref="FormatException">The end marker is missing, or comes first.</exception>
    public static string Replace(string text, string name, string body)
    {
        var (opening, closing) = ($"<!-- bench:{name} -->", $"<!-- /bench:{name} -->");
        var start = text.IndexOf(opening, StringComparison.Ordinal);
        if (start < 0)
        {
            return text;
        }

        start += opening.Length;
        var end = text.IndexOf(closing, start, StringComparison.Ordinal);
        return end < 0
            ? throw new FormatException($"'{opening}' has no '{closing}' behind it.")
            : $"{text[..start]}\n\n{body.Trim()}\n\n{text[end..]}";
    }
}
