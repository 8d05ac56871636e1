using Dashtam.Jobs.Docs.Reference;
using Dashtam.Jobs.Tests.Support;
using NUnit.Framework;

namespace Dashtam.Jobs.Tests.Compliance;

/// <summary>What the documentation says of settings, commands, keys and events is what the code says.</summary>
[Category("Unit")]
internal sealed class GeneratedPagesTests
{
    [Test]
    public void Each_generated_page_is_as_the_code_has_it() => Assert.That(GeneratedPage.Drifted(Sources.Root), Is.Empty);

    [Test]
    public void A_page_that_says_something_else_is_named()
    {
        var root = Directory.CreateTempSubdirectory("docs-generated-");
        try
        {
            foreach (var page in GeneratedPage.All)
            {
                var copy = Path.Combine(root.FullName, page.Path);
                Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
                var text = File.ReadAllText(Path.Combine(Sources.Root, page.Path));
                File.WriteAllText(copy, page.Path.EndsWith("keys.md", StringComparison.Ordinal) ? text + "More.\n" : text);
            }

            Assert.That(GeneratedPage.Drifted(root.FullName).Select(problem => problem.Page), Is.EqualTo(["docs/reference/keys.md"]));
        }
        finally
        {
            root.Delete(recursive: true);
        }
    }
}
