using System.Diagnostics;
using System.Text.Json;
using Dashtam.Jobs.Tests.Support;
using NUnit.Framework;

namespace Dashtam.Jobs.Tests.Compliance;

/// <summary>What the documentation shows as code is code.</summary>
[Category("Unit")]
[Category("Documentation")]
internal sealed class DocumentedCodeTests
{
    private const string Frame = "compiled in: ";

    // Output, drawings, and commands with something to fill in are text.
    private static readonly string[] Languages = ["bash", "csharp", "json", "lua", "markdown", "python", "sql", "text", "xml", "yaml"];

    private static IEnumerable<DocumentedBlock> InFrames =>
        DocumentedBlock.All.Where(block => block.Language == "csharp" && block.Tag.Length > 0);

    private static IEnumerable<DocumentedBlock> WholeFiles =>
        DocumentedBlock.All.Where(block => block.Language == "csharp" && block.Tag.Length == 0);

    private static IEnumerable<string> PagesOfFiles => WholeFiles.Select(file => file.Page).Distinct(StringComparer.Ordinal);

    private static IEnumerable<DocumentedBlock> OfJson => DocumentedBlock.All.Where(block => block.Language == "json");

    [Test]
    public void Every_block_says_what_it_is() => Assert.That(
        DocumentedBlock.All.Where(block => !Languages.Contains(block.Language, StringComparer.Ordinal)).Select(block => $"{block} is '{block.Language}'"),
        Is.Empty,
        $"Each block begins with one of {string.Join(", ", Languages)}; output, and commands with something to fill in, are text");

    [Test]
    public void A_tag_stands_above_what_it_means() => Assert.That(
        DocumentedBlock.All.Where(block => block.Tag.Length > 0 && block.Language != (block.Tag == "run" ? "bash" : "csharp")), Is.Empty);

    [TestCaseSource(nameof(PagesOfFiles))]
    public void The_files_of_a_page_compile_together(string page) => Assert.That(
        SnippetCompiler.Errors(WholeFiles.Where(file => file.Page == page).Select(file => ($"{file}", file.Text))),
        Is.Empty,
        $"A block that is no whole file has <!-- {Frame}NAME --> above it: {string.Join(", ", SnippetFrames.All.Keys)}");

    [TestCaseSource(nameof(InFrames))]
    public void A_part_of_a_file_compiles_in_its_frame(DocumentedBlock block)
    {
        Assert.That(SnippetFrames.All.TryGetValue(block.Tag[Frame.Length..], out var frame), Is.True, "the tag names a frame of SnippetFrames");

        Assert.That(SnippetCompiler.Errors(($"{block}", SnippetFrames.Around(block.Text, frame!))), Is.Empty);
    }

    [TestCaseSource(nameof(OfJson))]
    public void A_block_of_JSON_is_JSON(DocumentedBlock block) => Assert.That(() => JsonDocument.Parse(block.Text).Dispose(), Throws.Nothing);

    [Test]
    public void A_shell_can_read_every_block_of_shell()
    {
        var scripts = DocumentedBlock.All.Where(block => block.Language == "bash").ToList();
        Assert.That(scripts, Has.Count.GreaterThan(5), "the blocks are found at all");

        Assert.That(scripts.Select(script => (Block: $"{script}", Error: WhatBashSays(script.Text))).Where(said => said.Error.Length > 0), Is.Empty);
    }

    private static string WhatBashSays(string script)
    {
        using var bash = Process.Start(new ProcessStartInfo("bash", ["-n", "-c", script])
        {
            UseShellExecute = false,
            RedirectStandardError = true,
        })!;
        var errors = bash.StandardError.ReadToEnd();
        bash.WaitForExit();
        return errors;
    }
}
