using System.Xml.Linq;

namespace Dashtam.Jobs.Core.Execution.Catalog;

/// <summary>What the doc comment of a job's class must say, as the compiler writes it to the XML file beside the assembly.</summary>
internal static class JobDocstring
{
    private static readonly string[] Counts = ["checked", "processed", "errors"];

    /// <summary>The documentation of this assembly; null: the file is not here, as in an image.</summary>
    public static XDocument? Load()
    {
        var file = Path.ChangeExtension(typeof(JobDocstring).Assembly.Location, ".xml");
        return File.Exists(file) ? XDocument.Load(file) : null;
    }

    /// <summary>The class, what its doc comment lacks, and one that lacks nothing; null: this one is whole.</summary>
    public static string? Problem(Type handler, XDocument docs)
    {
        var missing = Missing(docs.Descendants("member").FirstOrDefault(
            member => member.Attribute("name")?.Value == "T:" + handler.FullName?.Replace('+', '.'))).ToArray();
        return missing.Length == 0 ? null : $"{handler.FullName} lacks in its doc comment: {string.Join(", ", missing)}. {Example}";
    }

    private const string Example = """
        For example:
        /// <summary>Counts the sessions that are active now.</summary>
        /// <remarks>
        /// Schedule: hourly. Returns: <c>checked</c> and <c>processed</c> active sessions, <c>errors</c> 0.
        /// </remarks>
        """;

    private static IEnumerable<string> Missing(XElement? member)
    {
        var remarks = member?.Element("remarks")?.Value ?? "";
        if (string.IsNullOrWhiteSpace(member?.Element("summary")?.Value))
        {
            yield return "a <summary> with its purpose";
        }

        if (!remarks.Contains("Schedule:", StringComparison.Ordinal))
        {
            yield return "'Schedule:' in its <remarks>";
        }

        if (!remarks.Contains("Returns:", StringComparison.Ordinal))
        {
            yield return "'Returns:' in its <remarks>";
        }

        foreach (var count in Counts.Where(count => !remarks.Contains(count, StringComparison.Ordinal)))
        {
            yield return $"what '{count}' counts";
        }
    }
}
