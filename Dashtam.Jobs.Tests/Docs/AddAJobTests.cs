using System.Text.RegularExpressions;
using Dashtam.Jobs.Core.Execution.Catalog;
using Dashtam.Jobs.Core.Infrastructure.Database;
using Dashtam.Jobs.Core.Tasks.DomainName;
using Dashtam.Jobs.Tests.Support;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging.Abstractions;
using NUnit.Framework;
using ShownJob = Dashtam.Jobs.Core.Tasks.Sessions.Example.CountUntrustedSessions;
using ShownQuery = Dashtam.Jobs.Core.Infrastructure.Database.Example.UntrustedSessions;

namespace Dashtam.Jobs.Tests.Docs;

/// <summary>What docs/how-to/add-a-job.md shows is what is compiled, and run, from the folder AddAJob.</summary>
/// <remarks>There the namespaces end in <c>.Example</c>: who follows the page makes the same types without that.</remarks>
[Category("Unit")]
internal sealed partial class AddAJobTests
{
    private static readonly string Folder = Path.Combine(Sources.Root, "Dashtam.Jobs.Tests", "Docs", "AddAJob");

    public static IEnumerable<string> Files => Directory.EnumerateFiles(Folder).Select(file => Path.GetFileName(file)).Order(StringComparer.Ordinal);

    [TestCaseSource(nameof(Files))]
    public void A_file_is_shown_as_it_is_under_a_path_that_fits_its_namespace(string file)
    {
        var shown = Block().Matches(File.ReadAllText(Path.Combine(Sources.Root, "docs", "how-to", "add-a-job.md")))
            .Single(match => match.Groups["path"].Value.EndsWith($"/{file}", StringComparison.Ordinal));
        var compiled = File.ReadAllText(Path.Combine(Folder, file)).Replace(".Example;", ";", StringComparison.Ordinal);
        var folder = Path.GetDirectoryName(shown.Groups["path"].Value)!; // a path with a slash has one

        Assert.That(shown.Groups["text"].Value, Is.EqualTo(compiled), $"docs/how-to/add-a-job.md, the block of {file}");
        Assert.That(compiled, Does.Contain($"\nnamespace {folder.Replace('/', '.')};\n").Or.StartWith($"namespace {folder.Replace('/', '.')};\n"));
    }

    [Test]
    public void Nothing_else_is_shown_as_a_file() => Assert.That(
        Block().Matches(File.ReadAllText(Path.Combine(Sources.Root, "docs", "how-to", "add-a-job.md")))
            .Select(match => Path.GetFileName(match.Groups["path"].Value)),
        Is.EquivalentTo(Files));

    [TestCase("README.md")]
    public void A_file_that_the_start_page_shows_is_there_as_it_is_shown(string page)
    {
        var blocks = Block().Matches(File.ReadAllText(Path.Combine(Sources.Root, page)));

        Assert.That(blocks, Is.Not.Empty);
        foreach (Match block in blocks)
        {
            Assert.That(
                block.Groups["text"].Value, Is.EqualTo(File.ReadAllText(Path.Combine(Sources.Root, block.Groups["path"].Value))), page);
        }
    }

    [TestCase(typeof(ShownJob))]
    [TestCase(typeof(JobClass))]
    public void The_job_of_the_page_and_that_of_the_template_are_jobs_with_whole_comments(Type handler)
    {
        var docs = System.Xml.Linq.XDocument.Load(Path.ChangeExtension(typeof(AddAJobTests).Assembly.Location, ".xml"));
        var catalog = new JobCatalog([handler], new ConfigurationBuilder().Build(), NullLogger<JobCatalog>.Instance);

        Assert.That(catalog.Jobs, Has.Count.EqualTo(1));
        Assert.That(JobDocstring.Problem(handler, docs), Is.Null);
    }

    [Test]
    public async Task The_query_of_the_page_counts_on_the_sample_rows_what_it_counts_on_PostgreSQL()
    {
        var folder = Directory.CreateTempSubdirectory("dashtam-docs-");
        try
        {
            var file = Path.Combine(folder.FullName, "sample.db");
            await SampleDatabase.CreateAsync(file, TimeProvider.System.GetUtcNow(), CancellationToken.None);
            using var reader = new DatabaseReader(DatabaseServices.SampleSource(file), SqlDialect.Sqlite, connections: 1);

            Assert.That(await new ShownQuery(reader).CountAsync(CancellationToken.None), Is.EqualTo(10));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [GeneratedRegex("^`(?<path>[^`\n]+\\.cs)`:\n\n```csharp\n(?<text>.*?)^```$",
        RegexOptions.ExplicitCapture | RegexOptions.Multiline | RegexOptions.Singleline, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex Block();
}
