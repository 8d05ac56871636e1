using System.Net;
using System.Text.RegularExpressions;

namespace Dashtam.Jobs.Docs.Api;

/// <summary>A page as docfx wrote it, made ready for this site.</summary>
/// <param name="Name">The type's full name, or the namespace's: the file without its ending.</param>
/// <param name="Kind">What it is: a namespace, a class …</param>
/// <param name="Title">What it is called for short.</param>
/// <param name="Summary">What it says of itself, on one line.</param>
/// <param name="Text">The page.</param>
internal sealed partial record ApiPage(string Name, string Kind, string Title, string Summary, string Text)
{
    private const string Ending = ".md";
    private const string Namespace = "Namespace";

    /// <summary>Whether it lists the types of a namespace: the site has one list of all instead.</summary>
    public bool IsNamespace => Kind == Namespace;

    /// <param name="name">The file's name without its ending.</param>
    /// <param name="text">What docfx wrote.</param>
    /// <param name="kinds">The name of each page, and what its subject is (<c>Class</c>): a reference becomes a link where there is a page.</param>
    /// <exception cref="InvalidOperationException">The page does not begin as docfx begins one.</exception>
    public static ApiPage Read(string name, string text, IReadOnlyDictionary<string, string> kinds)
    {
        var page = text.ReplaceLineEndings("\n");
        var title = TitleOf(name, page);
        page = InheritedMembers().Replace(page, "");
        page = Part().Replace(page, "**${title}**");
        page = Heading().Replace(page, heading => Head(heading.Groups["level"].Value, heading.Groups["title"].Value, heading.Groups["id"].Value));
        page = Reference().Replace(page, match => Refer(match.Groups["to"].Value, kinds));
        page = Link().Replace(page, match => $"]({Target(Anchor(Plain(match.Groups["to"].Value)), kinds)})");
        var summary = Summary1().Match(page).Groups["text"].Value.ReplaceLineEndings(" ").Trim();
        var shown = Plain(title.Groups["title"].Value);
        return new ApiPage(name, title.Groups["kind"].Value, shown, summary, $"{FrontMatter(shown)}{page.TrimEnd('\n')}\n");
    }

    /// <summary>What a page's subject is.</summary>
    public static string KindOf(string name, string text) => TitleOf(name, text).Groups["kind"].Value;

    private static Match TitleOf(string name, string text) => Title1().Match(text) is { Success: true } title
        ? title
        : throw new InvalidOperationException($"{name}.md does not begin with a title as docfx writes it.");

    /// <summary>Where a type's page, or its namespace's part of the list, is.</summary>
    private static string Target(string link, IReadOnlyDictionary<string, string> kinds) =>
        link.EndsWith(Ending, StringComparison.Ordinal) && kinds.GetValueOrDefault(link[..^Ending.Length]) == Namespace
            ? $"index.md#{link[..^Ending.Length].Replace('.', '_')}"
            : link;

    private static string Refer(string to, IReadOnlyDictionary<string, string> kinds)
    {
        var name = Uri.UnescapeDataString(to).Split('(')[0];
        var shown = name.Split('.')[^1].Split('`')[0];
        return kinds.ContainsKey(name) ? $"[{shown}]({name}.md)" : $"<code>{shown}</code>";
    }

    // The browser's title: mkdocs would take the heading with its anchor.
    private static string FrontMatter(string title) => $"---\ntitle: \"{WebUtility.HtmlEncode(title)}\"\n---\n\n";

    // A member is code: the table of contents shows escaped characters wrongly. A page's title is never code: mkdocs reads it raw.
    private static string Head(string level, string title, string id) =>
        $"{level} {(level.Length > 1 ? $"`{Plain(title)}`" : title)} {{#{Anchor(id)}}}";

    // Three underscores or more are Markdown, even in an anchor.
    private static string Anchor(string id) => Underscores().Replace(id, "__");

    private static string Plain(string title) => title.Replace("\\", "", StringComparison.Ordinal);

    [GeneratedRegex("""\A# <a id="[^"]+"></a> (?<kind>\w+) (?<title>.+)$""", RegexOptions.ExplicitCapture | RegexOptions.Multiline, 1_000)]
    private static partial Regex Title1();

    [GeneratedRegex("""^(?<level>#+) <a id="(?<id>[^"]+)"></a> (?<title>.+)$""", RegexOptions.ExplicitCapture | RegexOptions.Multiline, 1_000)]
    private static partial Regex Heading();

    [GeneratedRegex("___+", RegexOptions.None, 1_000)]
    private static partial Regex Underscores();

    // "Parameters", "Returns" and their like are no places that a reader looks up.
    [GeneratedRegex("^#### (?<title>.+)$", RegexOptions.ExplicitCapture | RegexOptions.Multiline, 1_000)]
    private static partial Regex Part();

    // What every object has says nothing of a type.
    [GeneratedRegex(@"^#### Inherited Members\n.*?(?=^#|\z)", RegexOptions.Multiline | RegexOptions.Singleline, 1_000)]
    private static partial Regex InheritedMembers();

    [GeneratedRegex("""<xref href="(?<to>[^"]+)"[^>]*></xref>""", RegexOptions.ExplicitCapture, 1_000)]
    private static partial Regex Reference();

    [GeneratedRegex(@"\]\((?<to>(\\.|[^()\s\\])+)\)", RegexOptions.ExplicitCapture, 1_000)]
    private static partial Regex Link();

    [GeneratedRegex(@"^Assembly: [^\n]*\n\n(?<text>.*?)\n\n```csharp", RegexOptions.ExplicitCapture | RegexOptions.Multiline | RegexOptions.Singleline, 1_000)]
    private static partial Regex Summary1();
}
