using System.Text;
using Dashtam.Jobs.Docs.Reference;

namespace Dashtam.Jobs.Docs.Api;

/// <summary>The reference of what is public: docfx' pages, and one list of them.</summary>
internal static class ApiPages
{
    /// <summary>Reads docfx' output and writes the site's pages.</summary>
    /// <exception cref="InvalidOperationException">There is no output.</exception>
    public static void Write(DirectoryInfo from, DirectoryInfo to)
    {
        var texts = from.EnumerateFiles("*.md").ToDictionary(
            file => Path.GetFileNameWithoutExtension(file.Name), file => File.ReadAllText(file.FullName), StringComparer.Ordinal);
        if (texts.Count == 0)
        {
            throw new InvalidOperationException($"There is no page (*.md) in {from.FullName}: docfx has not written the reference into it.");
        }

        to.Create();
        var pages = Read(texts);
        foreach (var page in pages.Where(page => !page.IsNamespace))
        {
            File.WriteAllText(Path.Combine(to.FullName, page.Name + ".md"), page.Text);
        }

        File.WriteAllText(Path.Combine(to.FullName, "index.md"), List(pages));
    }

    /// <summary>The pages, by their names.</summary>
    public static IReadOnlyList<ApiPage> Read(IReadOnlyDictionary<string, string> texts)
    {
        var kinds = texts.ToDictionary(text => text.Key, text => ApiPage.KindOf(text.Key, text.Value), StringComparer.Ordinal);
        return [.. texts.OrderBy(text => text.Key, StringComparer.Ordinal).Select(text => ApiPage.Read(text.Key, text.Value, kinds))];
    }

    /// <summary>The page that lists all types, namespace by namespace.</summary>
    public static string List(IReadOnlyList<ApiPage> pages)
    {
        var text = new StringBuilder("""
            # API

            What is public in `Dashtam.Jobs.Core`, from its doc comments: what a program that enqueues jobs, and a job itself, may use.


            """.ReplaceLineEndings("\n"));
        foreach (var types in pages.Where(page => !page.IsNamespace).GroupBy(NamespaceOf, StringComparer.Ordinal))
        {
            var table = new MarkdownTable("type", "what");
            foreach (var type in types)
            {
                _ = table.Add($"[{type.Title.Replace("<", "&lt;", StringComparison.Ordinal)}]({type.Name}.md)", type.Summary);
            }

            _ = text.Append($"## {types.Key.Replace(".", ".<wbr>", StringComparison.Ordinal)} {{#{types.Key.Replace('.', '_')}}}\n\n{table}\n");
        }

        return text.ToString();
    }

    private static string NamespaceOf(ApiPage page) => page.Name[..page.Name.LastIndexOf('.')];
}
