namespace Dashtam.Jobs.Docs.Site;

/// <summary>Pages that no reader finds: the navigation does not lead to them.</summary>
/// <remarks>A page of the API is found through the page that lists them all.</remarks>
internal static class NavigationCheck
{
    private const string Api = "reference/api/";
    private const string ApiList = Api + "index.html";

    public static IEnumerable<Problem> Find(BuiltSite site)
    {
        var found = InNavigation(site.Start).Concat(LinkedFrom(site.Page(ApiList)))
            .Select(path => path.EndsWith('/') ? path + "index.html" : path) // a folder stands for the page in it
            .ToHashSet(StringComparer.Ordinal);
        return from page in site.Pages
               where page != site.Start && !found.Contains(page.Path)
               select new Problem(page.Path, "the page is in no navigation. Add it to nav: in mkdocs.yml, or delete it.");
    }

    // The theme writes the whole navigation into every page.
    private static IEnumerable<string> InNavigation(BuiltPage? start) =>
        start is null ? [] : start.Document.QuerySelectorAll("nav.md-nav--primary a[href]")
            .Select(link => Address.Of(link.GetAttribute("href")!, start.Path)?.Path)
            .OfType<string>();

    private static IEnumerable<string> LinkedFrom(BuiltPage? list) =>
        list is null ? [] : list.Links.Select(link => Address.Of(link, list.Path)?.Path)
            .OfType<string>()
            .Where(path => path.StartsWith(Api, StringComparison.Ordinal));
}
