using Dashtam.Jobs.Docs.Api;
using NUnit.Framework;

namespace Dashtam.Jobs.Tests.Unit.Docs.Api;

[Category("Unit")]
internal sealed class ApiPagesTests
{
    private const string Farm = """
        # <a id="Acme_Farm"></a> Namespace Acme.Farm
        """;

    private const string Sheep = """
        # <a id="Acme_Farm_Sheep_1"></a> Class Sheep<TWool\>

        Namespace: [Acme.Farm](Acme.Farm.md)  
        Assembly: Acme.Farm.dll  

        A sheep,
        one of many; its <xref href="Acme.Farm.Shepherd" data-throw-if-not-resolved="false"></xref> says <xref href="System.Int32.Parse(System.String)" data-throw-if-not-resolved="false"></xref>.

        ```csharp
        public sealed class Sheep<TWool>
        ```

        #### Inherited Members

        [object.Equals\(object\)](https://learn.microsoft.com/dotnet/api/system.object.equals)

        ## Methods

        ### <a id="Acme_Farm_Sheep_1_Shear____System_Int32___"></a> Shear\(int\)

        #### Returns

        See [Sheep.Shear](Acme.Farm.Sheep\-1.md\#Acme\_Farm\_Sheep\_1\_Shear\_\_\_\_System\_Int32\_\_\_).
        """;

    private const string Shepherd = """
        # <a id="Acme_Farm_Shepherd"></a> Class Shepherd

        Assembly: Acme.Farm.dll  

        Counts | guards.

        ```csharp
        public sealed class Shepherd
        ```
        """;

    private readonly IReadOnlyList<ApiPage> _pages = ApiPages.Read(new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["Acme.Farm"] = Farm,
        ["Acme.Farm.Sheep-1"] = Sheep,
        ["Acme.Farm.Shepherd"] = Shepherd,
    });

    private string Text => _pages[1].Text;

    [Test]
    public void A_folder_without_pages_is_refused_and_named()
    {
        var folder = Directory.CreateTempSubdirectory("docs-api-");
        try
        {
            Assert.That(
                () => ApiPages.Write(folder, new DirectoryInfo(Path.Combine(folder.FullName, "to"))),
                Throws.InvalidOperationException.With.Message.Contains($"no page (*.md) in {folder.FullName}"));
            Assert.That(folder.EnumerateDirectories(), Is.Empty, "nothing is written");
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Test]
    public void A_heading_has_the_anchor_that_links_lead_to() =>
        Assert.That(Text, Does.Contain("### `Shear(int)` {#Acme_Farm_Sheep_1_Shear__System_Int32__}"));

    [Test]
    public void A_part_of_a_member_is_no_heading() => Assert.That(Text, Does.Contain("\n**Returns**\n"));

    [Test]
    public void The_page_has_a_title_without_an_anchor() => Assert.That(Text, Does.StartWith("""
        ---
        title: "Sheep&lt;TWool&gt;"
        ---

        # Class Sheep<TWool\> {#Acme_Farm_Sheep_1}
        """.ReplaceLineEndings("\n")));

    [Test]
    public void A_link_is_written_without_escapes() =>
        Assert.That(Text, Does.Contain("(Acme.Farm.Sheep-1.md#Acme_Farm_Sheep_1_Shear__System_Int32__)"));

    [Test]
    public void A_namespace_is_a_part_of_the_list() => Assert.That(Text, Does.Contain("[Acme.Farm](index.md#Acme_Farm)"));

    [Test]
    public void What_a_comment_refers_to_is_a_link_where_it_has_a_page_and_else_code() =>
        Assert.That(Text, Does.Contain("its [Shepherd](Acme.Farm.Shepherd.md) says <code>Parse</code>."));

    [Test]
    public void What_every_object_has_is_left_out() => Assert.That(Text, Does.Not.Contain("Inherited Members").And.Contain("## Methods"));

    [Test]
    public void The_list_names_each_type_with_its_summary() => Assert.That(ApiPages.List(_pages).ReplaceLineEndings("\n"), Does.EndWith("""
        ## Acme.<wbr>Farm {#Acme_Farm}

        | type | what |
        |---|---|
        | [Sheep&lt;TWool>](Acme.Farm.Sheep-1.md) | A sheep, one of many; its [Shepherd](Acme.Farm.Shepherd.md) says <code>Parse</code>. |
        | [Shepherd](Acme.Farm.Shepherd.md) | Counts \| guards. |


        """.ReplaceLineEndings("\n")));

    [Test]
    public void A_page_that_docfx_writes_otherwise_is_named() => Assert.That(
        () => ApiPages.Read(new Dictionary<string, string>(StringComparer.Ordinal) { ["Odd"] = "# Odd" }),
        Throws.InvalidOperationException.With.Message.Contains("Odd.md"));
}
