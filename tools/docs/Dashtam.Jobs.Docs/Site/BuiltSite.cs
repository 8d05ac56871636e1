namespace Dashtam.Jobs.Docs.Site;

/// <summary>What mkdocs wrote.</summary>
internal sealed class BuiltSite
{
    private readonly Dictionary<string, BuiltPage> _pages;

    private BuiltSite(string root, IEnumerable<BuiltPage> pages)
    {
        Root = root;
        _pages = pages.ToDictionary(page => page.Path, StringComparer.Ordinal);
    }

    /// <summary>The folder.</summary>
    public string Root { get; }

    /// <summary>All pages but the one for addresses that do not exist, whose links mkdocs writes for the root of a host.</summary>
    public IReadOnlyCollection<BuiltPage> Pages => _pages.Values;

    /// <summary>The page that a reader sees first.</summary>
    public BuiltPage? Start => Page("index.html");

    /// <summary>The page at a path; null: there is none.</summary>
    public BuiltPage? Page(string path) => _pages.GetValueOrDefault(path);

    /// <summary>Whether there is a file, or a folder with a start page, at a path.</summary>
    public bool Has(string path) =>
        File.Exists(Path.Combine(Root, path)) || File.Exists(Path.Combine(Root, path, "index.html"));

    /// <summary>Reads all pages.</summary>
    public static async Task<BuiltSite> ReadAsync(string root, CancellationToken cancellationToken)
    {
        var pages = new List<BuiltPage>();
        foreach (var file in Directory.EnumerateFiles(root, "*.html", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
        {
            var path = Path.GetRelativePath(root, file).Replace('\\', '/');
            if (path != "404.html")
            {
                pages.Add(await BuiltPage.ReadAsync(path, file, cancellationToken));
            }
        }

        return new BuiltSite(root, pages);
    }
}
