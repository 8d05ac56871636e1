using Dashtam.Jobs.Docs.Reference;
using Dashtam.Jobs.Docs.Sources;

namespace Dashtam.Jobs.Docs.Site;

/// <summary><c>check</c>: one line for each problem, on standard error; exit code 1 when there is one.</summary>
internal static class CheckCommand
{
    public static async Task<int> RunAsync(DirectoryInfo folder, CancellationToken cancellationToken)
    {
        var site = await BuiltSite.ReadAsync(folder.FullName, cancellationToken);
        var repository = Repository.Read(Environment.CurrentDirectory);
        IReadOnlyList<Problem> problems =
        [
            .. SiteCheck.Find(site), .. SourceCheck.Find(repository), .. SourceCheck.FindAnchors(repository, site),
            .. GeneratedPage.Drifted(repository.Root),
        ];
        foreach (var problem in problems)
        {
            await Console.Error.WriteLineAsync($"{problem}".AsMemory(), cancellationToken);
        }

        await Console.Out.WriteLineAsync(
            $"{site.Pages.Count} pages, {site.Pages.Sum(page => page.Links.Count)} links: {problems.Count} problems".AsMemory(),
            cancellationToken);
        return problems.Count == 0 ? 0 : 1;
    }
}
