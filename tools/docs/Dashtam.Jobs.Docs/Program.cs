using System.CommandLine;
using Dashtam.Jobs.Docs.Api;
using Dashtam.Jobs.Docs.Reference;
using Dashtam.Jobs.Docs.Site;

var folder = new Argument<DirectoryInfo>("site") { Description = "the folder that mkdocs wrote" };
folder.AcceptExistingOnly();
var check = new Command(
    "check", "Names links, anchors and paths that lead nowhere, pages outside the navigation, and what is loaded from elsewhere; run it in the repository's root.")
{
    folder,
};
check.SetAction((parsed, cancellationToken) => CheckCommand.RunAsync(parsed.GetValue(folder)!, cancellationToken));
var generate = new Command("generate", "Writes the pages of docs/reference that the code says; run it in the repository's root.");
generate.SetAction(_ =>
{
    foreach (var page in GeneratedPage.All)
    {
        page.Write(Environment.CurrentDirectory);
    }
});
var from = new Argument<DirectoryInfo>("from") { Description = "what docfx wrote" };
from.AcceptExistingOnly();
var to = new Argument<DirectoryInfo>("to") { Description = "where the pages go" };
var api = new Command("api", "Makes docfx' pages ready for the site, and lists them.") { from, to };
api.SetAction(parsed => ApiPages.Write(parsed.GetValue(from)!, parsed.GetValue(to)!));
var root = new RootCommand("The documentation's generated pages, and the checks of the built site.") { check, generate, api };
return await root.Parse(args).InvokeAsync();
