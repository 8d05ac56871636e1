using System.Text.RegularExpressions;
using Dashtam.Jobs.Docs.Site;

namespace Dashtam.Jobs.Docs.Sources;

/// <summary>Paths in backticks that lead to no file or folder of the repository.</summary>
/// <remarks>
/// A path is what begins with a folder of the root. The name alone of a script or of a source file is checked, too: right behind a path and
/// a comma the file stands in the folder of that path, elsewhere in any.
/// </remarks>
internal static partial class PathCheck
{
    public static IEnumerable<Problem> Find(Repository repository, MarkdownFile page) =>
        page.Lines.SelectMany((line, index) => OfLine(repository, page, line).Select(what => new Problem($"{page.Path}:{index + 1}", what)));

    private static IEnumerable<string> OfLine(Repository repository, MarkdownFile page, string line)
    {
        string? folder = null;
        var end = 0;
        foreach (Match code in Code().Matches(line))
        {
            var beside = line[end..code.Index] == ", " ? folder : null;
            end = code.Index + code.Length;
            folder = beside;
            foreach (var word in code.Groups["text"].Value.Split(' ').Where(word => !page.Shown.Contains(word)))
            {
                if (PathOf(repository, word) is { } path)
                {
                    folder = path.Contains('/', StringComparison.Ordinal) ? path[..path.LastIndexOf('/')] : null;
                    if (!repository.Has(path) && !repository.IsIgnored(path))
                    {
                        yield return $"there is no {path}.{Elsewhere(repository, path)}";
                    }
                }
                else if (SourceFile().IsMatch(word) && !IsThere(repository, page, word, beside))
                {
                    yield return $"there is no {word}{(beside is null ? "" : $" in {beside}")}.{Elsewhere(repository, word)}";
                }
            }
        }
    }

    private static bool IsThere(Repository repository, MarkdownFile page, string name, string? folder) => folder is null
        ? repository.Named(name).Any() || page.Shown.Any(shown => shown.EndsWith('/' + name, StringComparison.Ordinal))
        : repository.Has($"{folder}/{name}");

    /// <summary>The path that a word is, up to a placeholder; null: it is none.</summary>
    private static string? PathOf(Repository repository, string word)
    {
        var parts = word.TrimEnd('/').Split('/');
        return word.Contains('/', StringComparison.Ordinal) && repository.Has(parts[0]) && parts[0].Length > 0
            ? string.Join('/', parts.TakeWhile(part => Segment().IsMatch(part)))
            : null;
    }

    private static string Elsewhere(Repository repository, string path)
    {
        var places = repository.Named(path.Split('/')[^1]).Take(3).ToArray();
        return places.Length == 0 ? "" : $" A file of that name is {string.Join(", ", places)}.";
    }

    [GeneratedRegex("(?<!`)`(?<text>[^`\n]+)`(?!`)", RegexOptions.ExplicitCapture, 1_000)]
    private static partial Regex Code();

    [GeneratedRegex(@"\A[\w.@-]+\z", RegexOptions.None, 1_000)]
    private static partial Regex Segment();

    [GeneratedRegex(@"\A[\w-][\w.-]*\.(cs|lua|razor|sh|mjs)\z", RegexOptions.ExplicitCapture, 1_000)]
    private static partial Regex SourceFile();
}
