namespace Dashtam.Jobs.Docs.Site;

/// <summary>What is wrong on a page of the site, or in a file of the repository.</summary>
/// <param name="Page">The page, from the site's root; or the file, from the repository's root, and its line.</param>
/// <param name="What">What is wrong with what, and what to do.</param>
internal sealed record Problem(string Page, string What)
{
    public override string ToString() => $"{Page}: {What}";
}
