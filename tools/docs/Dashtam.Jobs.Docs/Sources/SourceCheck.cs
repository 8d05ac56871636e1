using Dashtam.Jobs.Docs.Site;

namespace Dashtam.Jobs.Docs.Sources;

/// <summary>What leads nowhere between the pages and the files of the repository: a file that moves is missed where it is named.</summary>
internal static class SourceCheck
{
    /// <summary>What can be seen without the built site.</summary>
    public static IReadOnlyList<Problem> Find(Repository repository) =>
    [
        .. repository.Files
            .Where(file => file.EndsWith(".md", StringComparison.Ordinal))
            .Order(StringComparer.Ordinal)
            .Select(file => MarkdownFile.Read(file, File.ReadAllText(Path.Combine(repository.Root, file))))
            .SelectMany(page => PathCheck.Find(repository, page).Concat(MarkdownLinkCheck.Find(repository, page))),
        .. PageMention.All(repository)
            .Where(mention => !repository.Has(mention.Page))
            .Select(mention => new Problem(mention.Place, $"there is no {mention.Page}.")),
    ];

    /// <summary>Anchors of pages that files outside <c>docs/</c> name.</summary>
    public static IEnumerable<Problem> FindAnchors(Repository repository, BuiltSite site) =>
        from mention in PageMention.All(repository)
        let page = site.Page(Path.ChangeExtension(mention.Page["docs/".Length..], ".html"))
        where mention.Anchor.Length > 0 && page is not null && !page.HasAnchor(mention.Anchor)
        select new Problem(mention.Place, $"{mention.Page} has no heading with the anchor #{mention.Anchor}.");
}
