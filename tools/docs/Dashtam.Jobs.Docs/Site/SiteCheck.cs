namespace Dashtam.Jobs.Docs.Site;

/// <summary>All that is wrong with a site.</summary>
internal static class SiteCheck
{
    public static IReadOnlyList<Problem> Find(BuiltSite site) =>
        [.. LinkCheck.Find(site), .. NavigationCheck.Find(site), .. RequestCheck.Find(site)];
}
