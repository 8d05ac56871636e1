using Dashtam.Jobs.Docs.Site;
using NUnit.Framework;

namespace Dashtam.Jobs.Tests.Unit.Docs.Site;

[Category("Unit")]
internal sealed class SiteCheckTests
{
    private const string Good = """<h1 id="top">Page</h1>""";

    private DirectoryInfo _folder = null!;

    [SetUp]
    public void SetUp() => _folder = Directory.CreateTempSubdirectory("docs-site-");

    [TearDown]
    public void TearDown() => _folder.Delete(recursive: true);

    [TestCase("page.html")]
    [TestCase("page.html#top")]
    [TestCase("#here")]
    [TestCase("./page.html?x=1#top")]
    [TestCase("sub/")]
    [TestCase("sub/#below")]
    [TestCase("assets/picture.svg")]
    [TestCase("https://example.com/anything#else")]
    [TestCase("mailto:someone@example.com")]
    public async Task A_link_that_leads_somewhere_is_no_problem(string link) =>
        Assert.That(await ProblemsAsync($"""<p id="here"><a href="{link}">x</a>"""), Is.Empty);

    [TestCase("gone.html", "leads to no file")]
    [TestCase("../outside.cs", "leads to no file")]
    [TestCase("assets/gone.svg", "leads to no file")]
    [TestCase("page.html#gone", "leads to no heading of page.html")]
    [TestCase("#gone", "leads to no heading of index.html")]
    [TestCase("sub/#gone", "leads to no heading of sub/index.html")]
    public async Task A_link_that_leads_nowhere_is_named_with_its_page(string link, string problem) => Assert.That(
        await ProblemsAsync($"""<a href="{link}">x</a>"""),
        Has.Exactly(1).StartsWith($"index.html: the link '{link}' {problem}"));

    [Test]
    public async Task A_page_outside_the_navigation_is_named()
    {
        await WriteAsync("orphan.html", Good);

        Assert.That(await ProblemsAsync("""<a href="orphan.html">only a text leads there</a>"""),
            Has.Exactly(1).StartsWith("orphan.html: the page is in no navigation"));
    }

    [Test]
    public async Task A_page_of_the_API_is_found_through_the_list_of_all()
    {
        await WriteAsync("reference/api/index.html", """<a href="Job.html">Job</a>""");
        await WriteAsync("reference/api/Job.html", Good);
        await WriteAsync("reference/api/Unlisted.html", Good);

        Assert.That(await ProblemsAsync("", "reference/api/index.html"),
            Has.Exactly(1).StartsWith("reference/api/Unlisted.html: the page is in no navigation").And.Exactly(1).Items);
    }

    [TestCase("""<script src="https://cdn.example.com/x.js"></script>""")]
    [TestCase("""<script src="//cdn.example.com/x.js"></script>""")]
    [TestCase("""<link rel="stylesheet" href="https://fonts.example.com/css">""")]
    [TestCase("""<link rel="preconnect" href="https://fonts.example.com">""")]
    [TestCase("""<img src="https://example.com/badge.svg">""")]
    [TestCase("""<img src="assets/picture.svg" srcset="assets/picture.svg 1x, https://example.com/2.png 2x">""")]
    [TestCase("""<iframe src="https://example.com"></iframe>""")]
    [TestCase("""<style>@import "https://fonts.example.com/css";</style>""")]
    [TestCase("""<p style="background: url(https://example.com/a.png)"></p>""")]
    public async Task What_is_loaded_from_elsewhere_is_named(string element) =>
        Assert.That(await ProblemsAsync(element), Has.Exactly(1).Contains(" loads '").And.Exactly(1).Items);

    [TestCase("""<script src="assets/picture.svg"></script>""")]
    [TestCase("""<link rel="canonical" href="https://example.com/page">""")]
    [TestCase("""<img src="data:image/png;base64,AAAA">""")]
    public async Task What_is_not_loaded_or_lies_here_is_no_problem(string element) =>
        Assert.That(await ProblemsAsync(element), Is.Empty);

    [Test]
    public async Task A_font_that_a_style_sheet_loads_from_elsewhere_is_named()
    {
        await WriteAsync("assets/site.css", "@font-face { src: url('https://fonts.example.com/a.woff2') }");

        Assert.That(await ProblemsAsync(""), Is.EqualTo(new[]
        {
            "assets/site.css: a style loads 'https://fonts.example.com/a.woff2'. Nothing is loaded from elsewhere: put the file under docs/assets.",
        }));
    }

    [Test]
    public async Task A_folder_without_the_site_is_a_problem_and_is_named()
    {
        await WriteAsync("404.html", Good);
        var site = await BuiltSite.ReadAsync(_folder.FullName, CancellationToken.None);

        Assert.That(SiteCheck.Find(site).Select(problem => $"{problem}"), Is.EqualTo(new[]
        {
            $"{_folder.FullName}: there is no index.html in this folder: mkdocs has not built the site into it.",
        }));
    }

    private async Task<string[]> ProblemsAsync(string body, params string[] alsoInNavigation)
    {
        var navigation = string.Concat(new[] { "page.html", "sub/" }.Concat(alsoInNavigation).Select(page => $"""<a href="{page}">x</a>"""));
        await WriteAsync("index.html", $"""<nav class="md-nav md-nav--primary">{navigation}</nav>{body}""");
        await WriteAsync("page.html", Good);
        await WriteAsync("sub/index.html", """<h1 id="below">Below</h1>""");
        await WriteAsync("assets/picture.svg", "<svg/>");
        await WriteAsync("404.html", """<a href="/anything/">x</a>""");
        var site = await BuiltSite.ReadAsync(_folder.FullName, CancellationToken.None);
        return [.. SiteCheck.Find(site).Select(problem => $"{problem}")];
    }

    private async Task WriteAsync(string path, string text)
    {
        var file = Path.Combine(_folder.FullName, path);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        await File.WriteAllTextAsync(file, text);
    }
}
