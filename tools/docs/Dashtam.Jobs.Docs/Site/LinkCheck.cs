namespace Dashtam.Jobs.Docs.Site;

/// <summary>Links that lead to no file of the site, or to no place in a page.</summary>
internal static class LinkCheck
{
    public static IEnumerable<Problem> Find(BuiltSite site) =>
        from page in site.Pages
        from link in page.Links
        let address = Address.Of(link, page.Path)
        where address is not null
        let what = WhatIsWrong(site, address, link)
        where what is not null
        select new Problem(page.Path, what);

    private static string? WhatIsWrong(BuiltSite site, Address address, string link)
    {
        var target = address.Path.Length == 0 ? "index.html" : address.Path;
        if (!site.Has(target))
        {
            return $"the link '{link}' leads to no file of the site. Correct the path; "
                + "a file outside docs/ is no part of the site: write its path as code, without a link.";
        }

        var page = site.Page(target) ?? site.Page($"{target.TrimEnd('/')}/index.html");
        return page is null || address.Anchor.Length == 0 || page.HasAnchor(address.Anchor)
            ? null
            : $"the link '{link}' leads to no heading of {page.Path}. Write the heading's own anchor: the ¶ beside it shows it.";
    }
}
