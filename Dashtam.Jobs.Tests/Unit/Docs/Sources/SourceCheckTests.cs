using Dashtam.Jobs.Docs.Site;
using Dashtam.Jobs.Docs.Sources;
using NUnit.Framework;

namespace Dashtam.Jobs.Tests.Unit.Docs.Sources;

[Category("Unit")]
internal sealed class SourceCheckTests
{
    private DirectoryInfo _folder = null!;

    [SetUp]
    public void SetUp()
    {
        _folder = Directory.CreateTempSubdirectory("docs-sources-");
        Write(".gitignore", "bin/\n*.swp\n/deploy/secrets/\n/docs/reference/api/\n");
        Write("src/Queue/Pump.cs", "");
        Write("src/Queue/Slots.cs", "");
        Write("src/Worker/Loop.cs", "");
        Write("docs/other.md", "# Other");
    }

    [TearDown]
    public void TearDown() => _folder.Delete(recursive: true);

    [TestCase("`src/Queue/Pump.cs`")]
    [TestCase("`src/Queue`, `src/Queue/`, `src/*/Pump.cs`")]
    [TestCase("`src/Queue/Pump.cs`, `Slots.cs`, and `Loop.cs`")]
    [TestCase("`Loop.cs`")]
    [TestCase("`cat src/Queue/Pump.cs`")]
    [TestCase("`deploy/secrets/password`, `src/bin/x.dll`", Description = "a run makes them")]
    [TestCase("`*/15`, `5-59/15`, `Europe/Warsaw`", Description = "no folder of the root")]
    [TestCase("```text\nsrc/Queue/Gone.cs `Gone.cs`\n```")]
    [TestCase("Write `src/New.cs`.\n\n`src/New.cs`:\n\n```csharp\n```\n\n`New.cs` is there now.", Description = "the reader writes it")]
    [TestCase("[other](other.md#here), [pump](../src/Queue/Pump.cs), [root](../src), [API](reference/api/index.md)")]
    [TestCase("[elsewhere](https://example.com/gone.md), [mail](mailto:a@example.com), [here](#here), `[code](gone.md)`")]
    public void What_leads_somewhere_is_no_problem(string text) => Assert.That(Problems(text), Is.Empty);

    [TestCase("`src/Queue/Loop.cs`", "there is no src/Queue/Loop.cs. A file of that name is src/Worker/Loop.cs.")]
    [TestCase("`src/Gone`", "there is no src/Gone.")]
    [TestCase("`cat src/Gone.cs`", "there is no src/Gone.cs.")]
    [TestCase("`src/Gone/*/Pump.cs`", "there is no src/Gone.")]
    [TestCase("`src/Queue/Pump.cs`, `Loop.cs`", "there is no Loop.cs in src/Queue. A file of that name is src/Worker/Loop.cs.")]
    [TestCase("`src/Queue/Pump.cs`, `Slots.cs`, `Loop.cs`", "there is no Loop.cs in src/Queue. A file of that name is src/Worker/Loop.cs.")]
    [TestCase("`gone.lua`", "there is no gone.lua.")]
    [TestCase("[gone](gone.md)", "the link 'gone.md' leads to no file: there is no docs/gone.md.")]
    [TestCase("[gone](../src/Gone.cs#L1)", "the link '../src/Gone.cs#L1' leads to no file: there is no src/Gone.cs.")]
    public void What_leads_nowhere_is_named_with_its_line(string text, string what) =>
        Assert.That(Problems($"# Page\n\n```text\n```\n\n{text}"), Is.EqualTo([$"docs/page.md:6: {what}"]));

    [TestCase("src/Queue/Pump.cs", "// see docs/gone.md")]
    [TestCase("Makefile", "# docs/gone.md")]
    public void A_page_that_a_file_names_and_that_is_not_there_is_named(string file, string text)
    {
        Write(file, text);

        Assert.That(Problems(""), Is.EqualTo([$"{file}:1: there is no docs/gone.md."]));
    }

    [Test]
    public async Task An_anchor_that_a_file_names_is_an_anchor_of_the_page()
    {
        Write("README.md", "[x](docs/other.md#here)");
        Write("src/Queue/Pump.cs", "// see docs/other.md#gone");
        Write("site/other.html", """<h1 id="here">Other</h1>""");
        var site = await BuiltSite.ReadAsync(Path.Combine(_folder.FullName, "site"), CancellationToken.None);

        Assert.That(SourceCheck.FindAnchors(Repository.Read(_folder.FullName), site).Select(problem => $"{problem}"),
            Is.EqualTo(["src/Queue/Pump.cs:1: docs/other.md has no heading with the anchor #gone."]));
    }

    private string[] Problems(string text)
    {
        Write("docs/page.md", text);
        return [.. SourceCheck.Find(Repository.Read(_folder.FullName)).Select(problem => $"{problem}")];
    }

    private void Write(string path, string text)
    {
        var file = Path.Combine(_folder.FullName, path);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, text);
    }
}
