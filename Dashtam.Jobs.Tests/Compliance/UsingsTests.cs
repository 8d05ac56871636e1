using Dashtam.Jobs.Tests.Support;
using NUnit.Framework;

namespace Dashtam.Jobs.Tests.Compliance;

/// <summary>The one rule of <c>dotnet format</c> that neither the build nor <c>dotnet format whitespace</c> knows.</summary>
[Category("Unit")]
internal sealed class UsingsTests
{
    [Test]
    public void Usings_are_sorted_with_those_of_System_first()
    {
        var files = Directory.EnumerateFiles(Sources.Root, "*.cs", SearchOption.AllDirectories).Where(IsOurs).ToList();

        var unsorted = files.Where(file => !IsSorted(file)).Select(file => Path.GetRelativePath(Sources.Root, file));

        Assert.That(unsorted, Is.Empty, "make format sorts them");
        Assert.That(files, Has.Count.GreaterThan(500), "the files are found at all");
    }

    private static bool IsOurs(string file)
    {
        string[] folders = Path.GetRelativePath(Sources.Root, file).Split(Path.DirectorySeparatorChar);
        return !folders.Any(folder => folder is "bin" or "obj" or ".tools" or "node_modules" or "TestResults");
    }

    private static bool IsSorted(string file)
    {
        var usings = File.ReadLines(file)
            .TakeWhile(line => !line.StartsWith("namespace ", StringComparison.Ordinal))
            .Where(line => line.StartsWith("using ", StringComparison.Ordinal) && !line.Contains('(', StringComparison.Ordinal))
            .Select(line => line["using ".Length..].TrimEnd(';'))
            .ToList();
        return usings.SequenceEqual(usings.Order(Comparer<string>.Create(Compare)), StringComparer.Ordinal);
    }

    /// <summary>As the compiler's formatter: namespaces, then types, then other names for types; System first; part by part.</summary>
    private static int Compare(string one, string other)
    {
        var byKind = Kind(one).CompareTo(Kind(other));
        return byKind != 0 ? byKind : string.CompareOrdinal(Sortable(one), Sortable(other));
    }

    private static int Kind(string name) =>
        name.Contains('=', StringComparison.Ordinal) ? 2 : name.StartsWith("static ", StringComparison.Ordinal) ? 1 : 0;

    private static string Sortable(string name)
    {
        var isSystem = name == "System" || name.StartsWith("System.", StringComparison.Ordinal);
        return (isSystem ? "0" : "1") + name.Replace('.', ' ').ToUpperInvariant();
    }
}
