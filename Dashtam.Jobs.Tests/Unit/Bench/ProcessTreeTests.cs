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

    [Test]
    public void Calls_AreReadFromCommandStats() => Assert.That(
        CommandStats.Calls("calls=12,usec=34,usec_per_call=2.83,rejected_calls=5,failed_calls=0"),
        Is.EqualTo(12));
}
