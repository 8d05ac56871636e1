using System.Reflection;
using System.Text;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace Dashtam.Jobs.Docs.Reference;

/// <summary>The doc comments of an assembly, as the compiler wrote them beside it, in Markdown.</summary>
internal sealed partial class XmlDocs
{
    private const string Docs = "docs/";
    private const string Here = "docs/reference/";

    private readonly Dictionary<string, XElement> _members;

    private XmlDocs(XDocument document) => _members = document
        .Descendants("member")
        .ToDictionary(member => member.Attribute("name")!.Value, StringComparer.Ordinal);

    public static XmlDocs Of(Assembly assembly) => new(XDocument.Load(Path.ChangeExtension(assembly.Location, ".xml")));

    /// <summary>The summary, on one line.</summary>
    /// <exception cref="InvalidOperationException">The member has none.</exception>
    public string Summary(MemberInfo member)
    {
        var id = Id(member);
        return _members.GetValueOrDefault(id)?.Element("summary") is { } summary
            ? Markdown(summary)
            : throw new InvalidOperationException($"{id} has no <summary>: write one, the documentation shows it.");
    }

    /// <summary>What a doc comment says, on one line of Markdown.</summary>
    public static string Markdown(XElement element)
    {
        var text = new StringBuilder();
        foreach (var node in element.Nodes())
        {
            _ = text.Append(node switch
            {
                XText words => words.Value,
                XElement { Name.LocalName: "c" } code => $"`{code.Value}`",
                XElement { Name.LocalName: "see" } see => See(see),
                XElement { Name.LocalName: "paramref" or "typeparamref" } name => $"`{name.Attribute("name")!.Value}`",
                XElement other => " " + Markdown(other),
                _ => "",
            });
        }

        return Blanks().Replace(text.ToString(), " ").Trim();
    }

    private static string See(XElement see) =>
        see.Attribute("href")?.Value is { } address ? $"[{see.Value}]({FromReference(address)})"
        : see.Attribute("langword")?.Value is { } word ? $"`{word}`"
        : $"`{see.Attribute("cref")!.Value.Split('(')[0].Split('.')[^1]}`";

    /// <summary>Code names pages from the repository's root, a page of docs/reference from there.</summary>
    private static string FromReference(string address) =>
        address.StartsWith(Here, StringComparison.Ordinal) ? address[Here.Length..]
        : address.StartsWith(Docs, StringComparison.Ordinal) ? $"../{address[Docs.Length..]}"
        : address;

    private static string Id(MemberInfo member)
    {
        var type = (member as Type ?? member.DeclaringType!).FullName!.Replace('+', '.');
        return member switch
        {
            Type => $"T:{type}",
            MethodInfo method => $"M:{type}.{method.Name}"
                + (method.GetParameters() is { Length: > 0 } all ? $"({string.Join(',', all.Select(one => one.ParameterType.FullName))})" : ""),
            FieldInfo => $"F:{type}.{member.Name}",
            _ => $"P:{type}.{member.Name}",
        };
    }

    [GeneratedRegex(@"\s+", RegexOptions.None, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex Blanks();
}
