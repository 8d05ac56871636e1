using System.Text.RegularExpressions;

namespace Dashtam.Jobs.Docs.Sources;

/// <summary>A page of the documentation that a file outside <c>docs/</c> names.</summary>
/// <param name="Place">The file and the line.</param>
/// <param name="Page">The page, from the repository's root.</param>
/// <param name="Anchor">The heading's anchor; empty: none is named.</param>
internal sealed partial record PageMention(string Place, string Page, string Anchor)
{
    private static readonly string[] Endings =
        ["", ".cs", ".razor", ".lua", ".sh", ".md", ".yml", ".props", ".csproj", ".sql", ".py", ".mjs", ".js"];

    /// <summary>All mentions. A test that names a page reads the page, and fails by itself.</summary>
    public static IEnumerable<PageMention> All(Repository repository) =>
        from file in repository.Files.Order(StringComparer.Ordinal)
        where !file.StartsWith("docs/", StringComparison.Ordinal) && !file.StartsWith("Dashtam.Jobs.Tests/", StringComparison.Ordinal)
        where Endings.Contains(Path.GetExtension(file), StringComparer.Ordinal)
        from mention in Of(file, File.ReadLines(Path.Combine(repository.Root, file)))
        select mention;

    private static IEnumerable<PageMention> Of(string file, IEnumerable<string> lines) =>
        lines.SelectMany((line, index) => Mention().Matches(line).Select(match =>
            new PageMention($"{file}:{index + 1}", match.Groups["page"].Value, match.Groups["anchor"].Value)));

    [GeneratedRegex(@"(?<![\w/.-])(\.\./)*(?<page>docs/[\w./-]+\.md)(#(?<anchor>[\w-]+))?", RegexOptions.ExplicitCapture, 1_000)]
    private static partial Regex Mention();
}
