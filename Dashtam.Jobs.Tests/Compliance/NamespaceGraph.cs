using ArchUnitNET.Domain;

namespace Dashtam.Jobs.Tests.Compliance;

/// <summary>Which of our namespaces use which.</summary>
/// <param name="Uses">Each once, with one example of who uses what.</param>
internal sealed record NamespaceGraph(IReadOnlyDictionary<NamespaceUse, string> Uses)
{
    /// <summary>As the compiled code says.</summary>
    public static NamespaceGraph Of(IEnumerable<IType> types) => new(types
        .SelectMany(type => type.Dependencies)
        .Select(dependency => (dependency.Origin, dependency.Target))
        .Where(pair => IsOurs(pair.Origin) && IsOurs(pair.Target) && Name(pair.Origin) != Name(pair.Target))
        .GroupBy(pair => new NamespaceUse(Name(pair.Origin), Name(pair.Target)))
        .ToDictionary(
            pairs => pairs.Key,
            pairs => pairs.Select(pair => $"{pair.Origin.Name} uses {pair.Target.Name}").Order(StringComparer.Ordinal).First()));

    /// <summary>Without some of the uses.</summary>
    public NamespaceGraph Without(IEnumerable<NamespaceUse> uses)
    {
        var left = Uses.Keys.Except(uses);
        return new NamespaceGraph(left.ToDictionary(use => use, use => Uses[use]));
    }

    /// <summary>The uses that lie on a circle, or between two: what is left when everything that only uses, or is only used, is gone.</summary>
    public IReadOnlyCollection<NamespaceUse> Circles()
    {
        var left = Uses.Keys.ToHashSet();
        while (left.RemoveWhere(use => !left.Any(other => other.To == use.From) || !left.Any(other => other.From == use.To)) > 0)
        {
            // A use that was removed may have been the only one to or from its neighbour, so look again.
        }

        return left;
    }

    // What the compiler adds has none.
    private static bool IsOurs(IType type) => type.Namespace?.FullName.StartsWith(NamespaceUse.Prefix, StringComparison.Ordinal) == true;

    private static string Name(IType type) => type.Namespace.FullName[NamespaceUse.Prefix.Length..];
}

/// <summary>A namespace that uses another one; both without <see cref="Prefix"/>.</summary>
internal sealed record NamespaceUse(string From, string To)
{
    public const string Prefix = "Dashtam.Jobs.";

    public override string ToString() => $"{From} uses {To}";
}
