using Dashtam.Jobs.Core.Logging;
using NUnit.Framework;

namespace Dashtam.Jobs.Tests.Unit.Core.Logging;

[Category("Unit")]
internal sealed class PrintableTests
{
    [TestCase("no_such\n12:00:00 CRT forged", @"no_such\n12:00:00 CRT forged")]
    [TestCase("\r\t", @"\r\t")]
    [TestCase("\u001b[2J\u0007", @"\u001b[2J\u0007")]
    [TestCase("\u007f\u009b31m", @"\u007f\u009b31m")]
    [TestCase("a\u2028b\u2029c\u0085d", @"a\u2028b\u2029c\u0085d")]
    [TestCase("\u202egnp.exe\u2066\u200f\ufeff", @"\u202egnp.exe\u2066\u200f\ufeff")]
    public void What_a_terminal_would_obey_is_spelled_out(string text, string expected) =>
        Assert.That(Printable.Of(text), Is.EqualTo(expected));

    // Not as test cases: an attribute cannot hold half a pair.
    [Test]
    public void Half_a_surrogate_pair_is_spelled_out()
    {
        Assert.That(Printable.Of("\ud83d!"), Is.EqualTo(@"\ud83d!"));
        Assert.That(Printable.Of("!\udcb8\ud83d"), Is.EqualTo(@"!\udcb8\ud83d"));
    }

    [TestCase("")]
    [TestCase("Zoë 💸 漢字 {\"a\": 1} \\n")]
    public void Everything_else_stays_as_it_is(string text) => Assert.That(Printable.Of(text), Is.SameAs(text));
}
