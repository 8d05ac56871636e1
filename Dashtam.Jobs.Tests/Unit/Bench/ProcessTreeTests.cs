using Dashtam.Jobs.Bench.Lab;
using NUnit.Framework;

namespace Dashtam.Jobs.Tests.Unit.Bench;

[Category("Unit")]
internal sealed class ProcessTreeTests
{
    [Test]
    public void Parse_IsNotMisledByANameWithParenthesesAndBlanks() => Assert.That(
        ProcessTree.Parse("12 (a) b (c) S 7 12 12"),
        Is.EqualTo(["S", "7", "12", "12"]));
}
