using AngleSharp.Html.Dom;
using AngleSharp.Html.Parser;

namespace Dashtam.Jobs.Docs.Site;

/// <summary>A page of the site.</summary>
internal sealed class BuiltPage
{
    private readonly HashSet<string> _anchors;

    private BuiltPage(string path, IHtmlDocument document)
    {
        Path = path;
        Document = document;
        Links = [.. document.QuerySelectorAll("a[href]").Select(link => link.GetAttribute("href")!).Distinct(StringComparer.Ordinal)];
        _anchors = document.QuerySelectorAll("[id], a[name]")
            .SelectMany(element => new[] { element.Id, element.GetAttribute("name") })
            .OfType<string>()
            .ToHashSet(StringComparer.Ordinal);
    }

    /// <summary>The file, from the site's root, with slashes.</summary>
    public string Path { get; }

    /// <summary>The page.</summary>
    public IHtmlDocument Document { get; }

    /// <summary>Where its links lead, as written.</summary>
    public IReadOnlyCollection<string> Links { get; }

    /// <summary>Whether a link can lead to this place of the page.</summary>
    public bool HasAnchor(string name) => _anchors.Contains(name);

    public static async Task<BuiltPage> ReadAsync(string path, string file, CancellationToken cancellationToken) =>
        new(path, new HtmlParser().ParseDocument(await File.ReadAllTextAsync(file, cancellationToken)));
}
