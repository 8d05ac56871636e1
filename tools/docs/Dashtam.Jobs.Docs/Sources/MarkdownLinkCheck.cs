using System.Text.RegularExpressions;
using Dashtam.Jobs.Docs.Site;

namespace Dashtam.Jobs.Docs.Sources;

/// <summary>Links of Markdown that lead to no file of the repository: README and its like are no pages of the site.</summary>
internal static partial class MarkdownLinkCheck
{
    public static IEnumerable<Problem> Find(Repository repository, MarkdownFile page) =>
        page.Lines.SelectMany((line, index) =>
            from link in Link().Matches(Code().Replace(line, "")).Select(match => match.Groups["to"].Value)
            let path = Resolve(page.Path, link)
            where path is not null && !repository.Has(path) && !repository.IsIgnored(path)
            select new Problem($"{page.Path}:{index + 1}", $"the link '{link}' leads to no file: there is no {path}."));

    private static string? Resolve(string page, string link)
    {
        var root = new Uri("file:///root/");
        return link[0] != '#' && Uri.TryCreate(new Uri(root, page), link, out var target) && target.IsFile
            ? Uri.UnescapeDataString(root.MakeRelativeUri(target).ToString().Split('#')[0]).TrimEnd('/') is { Length: > 0 } path ? path : null
            : null;
    }

    [GeneratedRegex(@"\]\((?<to>[^()\s]+)[^()]*\)", RegexOptions.ExplicitCapture, 1_000)]
    private static partial Regex Link();

    [GeneratedRegex("`[^`\n]+`", RegexOptions.None, 1_000)]
    private static partial Regex Code();
}
