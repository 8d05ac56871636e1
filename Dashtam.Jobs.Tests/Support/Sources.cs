using System.Runtime.CompilerServices;

namespace Dashtam.Jobs.Tests.Support;

/// <summary>The checkout that the tests were built from.</summary>
internal static class Sources
{
    public static string Root { get; } = FindRoot();

    public static IEnumerable<string> Files(string project, string pattern) =>
        Directory.EnumerateFiles(Path.Combine(Root, project), pattern, SearchOption.AllDirectories)
            .Where(file => !file.Contains("/obj/", StringComparison.Ordinal) && !file.Contains("/bin/", StringComparison.Ordinal));

    private static string FindRoot([CallerFilePath] string here = "")
    {
        // A deterministic CI build maps source paths: there the directory of the assembly leads to the checkout.
        foreach (var start in (string[])[here, AppContext.BaseDirectory])
        {
            for (var folder = Path.GetDirectoryName(start); folder is not null; folder = Path.GetDirectoryName(folder))
            {
                if (File.Exists(Path.Combine(folder, "Dashtam.Jobs.sln")))
                {
                    return folder;
                }
            }
        }

        throw new InvalidOperationException("The checkout with Dashtam.Jobs.sln was not found.");
    }
}
