using System.Text.RegularExpressions;

namespace Dashtam.Jobs.Docs.Sources;

/// <summary>A file of Markdown: what stands beside its blocks of code.</summary>
internal sealed partial class MarkdownFile
{
    private MarkdownFile(string path, string text)
    {
        Path = path;
        Shown = Block().Matches(text).Select(block => block.Groups["path"].Value).Where(shown => shown.Length > 0).ToHashSet(StringComparer.Ordinal);
        Lines = Block().Replace(text, block => new string('\n', block.Value.AsSpan().Count('\n'))).Split('\n');
    }

    /// <summary>The file, from the repository's root.</summary>
    public string Path { get; }

    /// <summary>Its lines; those of a block, and of the title right above a block, are empty.</summary>
    public IReadOnlyList<string> Lines { get; }

    /// <summary>Files that it shows whole, each under its path and a colon: the reader writes such a file.</summary>
    public IReadOnlySet<string> Shown { get; }

    public static MarkdownFile Read(string path, string text) => new(path, text.ReplaceLineEndings("\n"));

    [GeneratedRegex("^(`(?<path>[^`\n]+)`:\n\n)?(?<indent> *)```.*?^\\k<indent>```$",
        RegexOptions.ExplicitCapture | RegexOptions.Multiline | RegexOptions.Singleline, 1_000)]
    private static partial Regex Block();
}
