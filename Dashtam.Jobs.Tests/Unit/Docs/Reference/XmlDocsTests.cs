using System.Xml.Linq;
using Dashtam.Jobs.Docs.Reference;
using NUnit.Framework;

namespace Dashtam.Jobs.Tests.Unit.Docs.Reference;

[Category("Unit")]
internal sealed class XmlDocsTests
{
    [TestCase("Two\n        lines.", "Two lines.")]
    [TestCase("The field <c>a|b</c>.", "The field `a|b`.")]
    [TestCase("As <see cref=\"P:Some.Type.Name\"/> says.", "As `Name` says.")]
    [TestCase("As <see cref=\"M:Some.Type.Run(System.String)\"/> does.", "As `Run` does.")]
    [TestCase("<see langword=\"null\"/>: none.", "`null`: none.")]
    [TestCase("Of <paramref name=\"worker\"/>.", "Of `worker`.")]
    [TestCase("See <see href=\"docs/reference/cron.md#days\">days</see>.", "See [days](cron.md#days).")]
    [TestCase("See <see href=\"docs/how-to/tune.md\">tune</see>.", "See [tune](../how-to/tune.md).")]
    [TestCase("One.<para>Two.</para>", "One. Two.")]
    public void A_doc_comment_becomes_one_line_of_Markdown(string comment, string expected) =>
        Assert.That(XmlDocs.Markdown(XElement.Parse($"<summary>{comment}</summary>", LoadOptions.PreserveWhitespace)), Is.EqualTo(expected));

    [Test]
    public void A_member_without_a_summary_is_named() => Assert.That(
        () => XmlDocs.Of(typeof(XmlDocs).Assembly).Summary(typeof(XmlDocs).GetMethod(nameof(ToString))!),
        Throws.InvalidOperationException.With.Message.Contains("has no <summary>"));
}
