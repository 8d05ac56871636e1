using System.Text;
using Dashtam.Jobs.Core.Queue.Fsck;
using NUnit.Framework;

namespace Dashtam.Jobs.Tests.Unit.Core.Queue;

[Category("Unit")]
internal sealed class NumberedEntryTests
{
    [TestCase("7|{}", 7L, "{}")]
    [TestCase("007|a|b", 7L, "a|b")]
    [TestCase("7|", 7L, "")]
    [TestCase("|{}", null, "|{}")]
    [TestCase("{}", null, "{}")]
    [TestCase("", null, "")]
    [TestCase("-7|{}", null, "-7|{}")]
    [TestCase(" 7|{}", null, " 7|{}")]
    [TestCase("1234567890123456|{}", null, "1234567890123456|{}")]
    public void A_member_is_a_number_a_bar_and_an_envelope(string member, long? number, string envelope)
    {
        var entry = NumberedEntry.Read(Encoding.UTF8.GetBytes(member));

        Assert.That(entry.Number, Is.EqualTo(number));
        Assert.That(Encoding.UTF8.GetString(entry.Envelope), Is.EqualTo(envelope));
    }
}
