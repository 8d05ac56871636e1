using Dashtam.Jobs.Bench.Results;
using NUnit.Framework;

namespace Dashtam.Jobs.Tests.Unit.Bench;

[Category("Unit")]
internal sealed class MarkedDocumentTests
{
    private const string Document =
        "prose\n<!-- bench:w1 -->\n\nold\n\n<!-- /bench:w1 -->\nmore\n<!-- bench:w10 -->\n<!-- /bench:w10 -->\n";

    [Test]
    public void Replace_ChangesWhatIsBetweenTheMarkersAndNothingElse() => Assert.That(
        MarkedDocument.Replace(Document, "w1", "| new |\n"),
        Is.EqualTo(Document.Replace("old", "| new |", StringComparison.Ordinal)));

    [Test]
    public void Replace_TwiceIsAsReplaceOnce()
    {
        var once = MarkedDocument.Replace(Document, "w10", "new");

        Assert.That(MarkedDocument.Replace(once, "w10", "new"), Is.EqualTo(once));
        Assert.That(once, Does.Contain("<!-- bench:w10 -->\n\nnew\n\n<!-- /bench:w10 -->"));
    }

    [Test]
    public void Replace_LeavesATextWithoutTheMarkerAlone() =>
        Assert.That(MarkedDocument.Replace(Document, "w2", "new"), Is.EqualTo(Document));

    [Test]
    public void Replace_RefusesAMarkerThatIsNotClosed() => Assert.That(
        () => MarkedDocument.Replace("<!-- /bench:w1 --><!-- bench:w1 -->", "w1", "new"),
        Throws.TypeOf<FormatException>());
}
