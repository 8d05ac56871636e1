using Dashtam.Jobs.Docs.Site;

namespace Dashtam.Jobs.Docs.Reference;

/// <summary>A page, or a part of one, that is written from the code.</summary>
/// <param name="Path">The file, from the repository's root.</param>
/// <param name="Update">What the file should hold, by what it holds; an absent file holds nothing.</param>
internal sealed record GeneratedPage(string Path, Func<string, string> Update)
{
    private const string Mark = "<!-- Written by `make docs-generate` from the code: change the code, not this page. -->\n";

    /// <summary>All of them.</summary>
    public static IReadOnlyList<GeneratedPage> All { get; } =
    [
        new("docs/reference/settings.md", SettingsTables.Update),
        Whole("docs/reference/command-line.md", CommandLinePage.Write),
        Whole("docs/reference/keys.md", KeysPage.Write),
        Whole("docs/reference/log-events.md", LogEventsPage.Write),
    ];

    /// <summary>The pages under a root that are not as they should be.</summary>
    public static IEnumerable<Problem> Drifted(string root) =>
        from page in All
        let text = page.Read(root)
        where page.Update(text) != text
        select new Problem(page.Path, "the page is not what the code says now. Run make docs-generate, look at the difference and commit it.");

    /// <summary>Writes the file.</summary>
    public void Write(string root) => File.WriteAllText(System.IO.Path.Combine(root, Path), Update(Read(root)));

    private static GeneratedPage Whole(string path, Func<string> write) =>
        new(path, _ => Mark + "\n" + write().ReplaceLineEndings("\n").TrimEnd('\n') + "\n");

    private string Read(string root)
    {
        var file = System.IO.Path.Combine(root, Path);
        return File.Exists(file) ? File.ReadAllText(file) : "";
    }
}
