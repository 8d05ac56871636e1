using System.Xml.Linq;
using Dashtam.Jobs.Core.Execution.Catalog;
using NUnit.Framework;

namespace Dashtam.Jobs.Tests.Unit.Core.Execution.Catalog;

[Category("Unit")]
internal sealed class JobDocstringTests
{
    private const string Whole = "Schedule: hourly. Returns: <c>checked</c> and <c>processed</c> sessions, <c>errors</c> 0.";

    [Test]
    public void A_comment_with_purpose_schedule_and_counts_lacks_nothing() =>
        Assert.That(Problem($"<summary>Counts.</summary><remarks>{Whole}</remarks>"), Is.Null);

    [TestCase("", "a <summary> with its purpose, 'Schedule:' in its <remarks>, 'Returns:' in its <remarks>, what 'checked' counts, "
        + "what 'processed' counts, what 'errors' counts")]
    [TestCase("<summary>Counts.</summary>", "'Schedule:' in its <remarks>, 'Returns:' in its <remarks>, what 'checked' counts, "
        + "what 'processed' counts, what 'errors' counts")]
    [TestCase("<summary> </summary><remarks>" + Whole + "</remarks>", "a <summary> with its purpose")]
    [TestCase("<summary>Counts.</summary><remarks>Schedule: hourly. Returns: checked, processed.</remarks>", "what 'errors' counts")]
    public void What_a_comment_lacks_is_named_with_the_class_and_an_example(string comment, string missing) => Assert.That(
        Problem(comment),
        Does.StartWith($"{typeof(JobDocstringTests).FullName} lacks in its doc comment: {missing}. For example:\n/// <summary>"));

    [Test]
    public void A_class_without_a_comment_lacks_all_of_it() => Assert.That(
        JobDocstring.Problem(typeof(JobDocstringTests), new XDocument(new XElement("doc"))), Does.Contain("a <summary> with its purpose, 'Schedule:'"));

    private static string? Problem(string comment) => JobDocstring.Problem(
        typeof(JobDocstringTests), XDocument.Parse($"<doc><member name='T:{typeof(JobDocstringTests).FullName}'>{comment}</member></doc>"));
}
