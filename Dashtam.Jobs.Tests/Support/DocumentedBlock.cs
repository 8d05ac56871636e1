using System.Text.RegularExpressions;

namespace Dashtam.Jobs.Tests.Support;

/// <summary>A block of code on a page of the documentation.</summary>
/// <param name="Page">The page, from the repository's root.</param>
/// <param name="Line">The line on which the block begins.</param>
/// <param name="Tag">What the comment right above the block says of it: <c>run</c>, <c>compiled in: NAME</c>; empty: nothing.</param>
/// <param name="Language">What stands behind its backticks; empty: nothing.</param>
/// <param name="Text">What it holds.</param>
internal sealed partial record DocumentedBlock(string Page, int Line, string Tag, string Language, string Text)
{
    private static readonly Lazy<IReadOnlyList<DocumentedBlock>> Everywhere = new(() => [.. Pages().SelectMany(Of)]);

    /// <summary>The blocks of all pages: of docs, and of the files that one sees first.</summary>
    public static IReadOnlyList<DocumentedBlock> All => Everywhere.Value;

    /// <summary>The blocks of a page.</summary>
    public static IReadOnlyList<DocumentedBlock> Of(string page) => Read(page, File.ReadAllText(Path.Combine(Sources.Root, page)));

    /// <summary>The blocks of a text.</summary>
    public static IReadOnlyList<DocumentedBlock> Read(string page, string text) =>
    [
        .. Block().Matches(text).Select(block => new DocumentedBlock(
            page,
            text.AsSpan(0, block.Groups["fence"].Index).Count('\n') + 1,
            block.Groups["tag"].Value,
            block.Groups["language"].Value,
            block.Groups["text"].Value)),
    ];

    public override string ToString() => $"{Page}:{Line}";

    private static IEnumerable<string> Pages() =>
        Sources.Files("docs", "*.md").Concat(Directory.EnumerateFiles(Sources.Root, "*.md"))
            .Select(file => Path.GetRelativePath(Sources.Root, file).Replace('\\', '/'))
            .Where(page => !page.StartsWith("docs/reference/api/", StringComparison.Ordinal))
            .Order(StringComparer.Ordinal);

    [GeneratedRegex("^(<!-- (?<tag>run|compiled in: [a-z]+) -->\n)?(?<fence>(?<indent> *)```)(?<language>[^\n]*)\n(?<text>.*?)^\\k<indent>```$",
        RegexOptions.ExplicitCapture | RegexOptions.Multiline | RegexOptions.Singleline, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex Block();
}
