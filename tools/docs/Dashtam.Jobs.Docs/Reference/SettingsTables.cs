using System.Text.RegularExpressions;

namespace Dashtam.Jobs.Docs.Reference;

/// <summary>The tables of the settings' page. The text around the tables is written by hand.</summary>
internal static partial class SettingsTables
{
    /// <summary>The page with its tables as the code has the settings now.</summary>
    /// <exception cref="InvalidOperationException">The page has no place for one of the tables, or for more than there are.</exception>
    public static string Update(string page)
    {
        var settings = DocumentedSetting.All();
        var tables = settings.GroupBy(setting => setting.Section, StringComparer.Ordinal)
            .ToDictionary(group => group.Key, group => Table(group), StringComparer.Ordinal);
        tables["secrets"] = Secrets(settings);

        var updated = Place().Replace(page, place => tables.Remove(place.Groups["name"].Value, out var table)
            ? $"{place.Groups["begin"].Value}\n{table}{place.Groups["end"].Value}"
            : throw new InvalidOperationException($"No settings belong to the section '{place.Groups["name"].Value}' of the settings' page."));
        return tables.Count == 0
            ? updated
            : throw new InvalidOperationException($"The settings' page has no place for: {string.Join(", ", tables.Keys)}.");
    }

    private static string Table(IEnumerable<DocumentedSetting> settings)
    {
        var table = new MarkdownTable("variable", "of", "default", "allowed", "what");
        foreach (var setting in settings)
        {
            _ = table.Add($"`{setting.Name}`", setting.ReadBy, setting.Default, setting.Allowed, setting.What);
        }

        return table.ToString();
    }

    private static string Secrets(IEnumerable<DocumentedSetting> settings)
    {
        var table = new MarkdownTable("variable", "instead of");
        foreach (var setting in settings.Where(setting => setting.IsSecret))
        {
            _ = table.Add($"`{setting.Name}_FILE`", $"`{setting.Name}`");
        }

        return table.ToString();
    }

    [GeneratedRegex("(?<begin><!-- settings: (?<name>[a-z]+), written by `make docs-generate` -->)\n.*?(?<end><!-- end -->)",
        RegexOptions.ExplicitCapture | RegexOptions.Singleline, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex Place();
}
