namespace Dashtam.Jobs.Docs.Site;

/// <summary>All that is wrong with a site.</summary>
internal static class SiteCheck
{
    public static IReadOnlyList<Problem> Find(BuiltSite site) => site.Start is null
        ? [new Problem(site.Root, "there is no index.html in this folder: mkdocs has not built the site into it.")]
        : [.. LinkCheck.Find(site), .. NavigationCheck.Find(site), .. RequestCheck.Find(site)];
}
