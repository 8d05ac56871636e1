using System.Text.RegularExpressions;
using AngleSharp.Dom;

namespace Dashtam.Jobs.Docs.Site;

/// <summary>What a browser would load from another host: scripts, styles, fonts, images.</summary>
internal static partial class RequestCheck
{
    private const string Advice = "Nothing is loaded from elsewhere: put the file under docs/assets.";

    // Links and their descriptions are for people; a browser loads nothing of them by itself.
    private static readonly string[] NotLoaded = ["canonical", "alternate", "author", "license", "next", "prev", "help", "me"];

    private static readonly string[] Attributes = ["src", "poster", "href", "data"];

    public static IEnumerable<Problem> Find(BuiltSite site) =>
        site.Pages.SelectMany(page => OfPage(page)).Concat(OfStyleSheets(site));

    private static IEnumerable<Problem> OfPage(BuiltPage page) =>
        from element in page.Document.QuerySelectorAll("[src], [srcset], [poster], link[href], object[data], use[href], image[href]")
        where !IsForPeople(element)
        from address in AddressesOf(element)
        where Address.IsElsewhere(address, page.Path)
        select new Problem(page.Path, $"<{element.LocalName}> loads '{address}'. {Advice}");

    private static bool IsForPeople(IElement element) =>
        element.LocalName == "link" && (element.GetAttribute("rel") ?? "").Split(' ').All(word => NotLoaded.Contains(word, StringComparer.Ordinal));

    private static IEnumerable<string> AddressesOf(IElement element) =>
        Attributes
            .Select(element.GetAttribute)
            .Concat((element.GetAttribute("srcset") ?? "").Split(',').Select(part => part.Trim().Split(' ')[0]))
            .OfType<string>()
            .Where(address => address.Length > 0);

    private static IEnumerable<Problem> OfStyleSheets(BuiltSite site) =>
        from text in StylesOf(site)
        from match in Loaded().Matches(text.Content)
        let address = match.Groups["address"].Value
        where Address.IsElsewhere(address, text.Path)
        select new Problem(text.Path, $"a style loads '{address}'. {Advice}");

    private static IEnumerable<(string Path, string Content)> StylesOf(BuiltSite site) =>
        Directory.EnumerateFiles(site.Root, "*.css", SearchOption.AllDirectories).Order(StringComparer.Ordinal)
            .Select(file => (Path.GetRelativePath(site.Root, file).Replace('\\', '/'), File.ReadAllText(file)))
            .Concat(site.Pages.SelectMany(page => page.Document.QuerySelectorAll("style, [style]")
                .Select(element => (page.Path, element.GetAttribute("style") ?? element.TextContent))));

    [GeneratedRegex("""(url\(\s*|@import\s+)["']?(?<address>[^"')\s;]+)""", RegexOptions.ExplicitCapture | RegexOptions.IgnoreCase, 1_000)]
    private static partial Regex Loaded();
}
