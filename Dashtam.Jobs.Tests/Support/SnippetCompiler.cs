using System.Globalization;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Dashtam.Jobs.Tests.Support;

/// <summary>Compiles C# of the documentation against this service, as a project that references it would.</summary>
internal static class SnippetCompiler
{
    /// <summary>An assembly that sees what is internal, of the tests, too: code in a namespace of this service belongs to it.</summary>
    private const string Friend = "Dashtam.Jobs.Docs";

    private const string Stranger = "Documented";

    private static readonly CSharpParseOptions Language = new(LanguageVersion.Latest);

    private static readonly SyntaxTree ImplicitUsings = CSharpSyntaxTree.ParseText(
        string.Concat(new[] { "", ".Collections.Generic", ".IO", ".Linq", ".Net.Http", ".Threading", ".Threading.Tasks" }
            .Select(name => $"global using System{name};")),
        Language);

    private static readonly Lazy<MetadataReference[]> References = new(() =>
    [
        .. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Select(path => MetadataReference.CreateFromFile(path)),
    ]);

    /// <summary>What the compiler says against these files together, each line beginning with the file's name.</summary>
    public static IReadOnlyList<string> Errors(params IEnumerable<(string Name, string Text)> files)
    {
        var trees = files.Select(file => CSharpSyntaxTree.ParseText(file.Text, Language, file.Name)).ToArray();
        var nodes = trees.SelectMany(tree => tree.GetRoot().DescendantNodes()).ToArray();
        var kind = nodes.OfType<GlobalStatementSyntax>().Any() ? OutputKind.ConsoleApplication : OutputKind.DynamicallyLinkedLibrary;
        var isOurs = nodes.OfType<BaseNamespaceDeclarationSyntax>()
            .Any(space => $"{space.Name}".StartsWith("Dashtam.Jobs.", StringComparison.Ordinal));
        var options = new CSharpCompilationOptions(kind, nullableContextOptions: NullableContextOptions.Enable);
        return
        [
            .. CSharpCompilation.Create(isOurs ? Friend : Stranger, [ImplicitUsings, .. trees], References.Value, options)
                .GetDiagnostics()
                .Where(diagnostic => diagnostic.Severity == DiagnosticSeverity.Error)
                .Select(Say),
        ];
    }

    private static string Say(Diagnostic diagnostic)
    {
        var place = diagnostic.Location.GetMappedLineSpan();
        return $"{place.Path}, line {place.StartLinePosition.Line + 1} of the block: "
            + $"{diagnostic.Id} {diagnostic.GetMessage(CultureInfo.InvariantCulture)}";
    }
}
