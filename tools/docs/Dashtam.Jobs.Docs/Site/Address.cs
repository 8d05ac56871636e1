namespace Dashtam.Jobs.Docs.Site;

/// <summary>Where a link of a page leads within the site.</summary>
/// <param name="Path">The file or folder, from the site's root.</param>
/// <param name="Anchor">The place in that page; empty: its beginning.</param>
internal sealed record Address(string Path, string Anchor)
{
    private static readonly Uri Root = new("http://site/");

    /// <summary>Reads a link as a browser does on that page; null: it leads elsewhere, or out of the site.</summary>
    public static Address? Of(string link, string page)
    {
        if (!Uri.TryCreate(new Uri(Root, page), link, out var target) || target.Authority != Root.Authority || target.Scheme != Root.Scheme)
        {
            return null;
        }

        return new Address(
            Uri.UnescapeDataString(target.AbsolutePath).TrimStart('/'), Uri.UnescapeDataString(target.Fragment).TrimStart('#'));
    }

    /// <summary>Whether a browser asks another host for it.</summary>
    public static bool IsElsewhere(string link, string page) =>
        Uri.TryCreate(new Uri(Root, page), link, out var target)
        && target.Scheme is "http" or "https" or "ws" or "wss"
        && target.Authority != Root.Authority;
}
