using System.Text;
using Dashtam.Jobs.Tests.Support;
using NUnit.Framework;

namespace Dashtam.Jobs.Tests.Unit.Support;

[Category("Unit")]
internal sealed class RespCounterTests
{
    [TestCase("+OK\r\n", 1)]
    [TestCase("$3\r\nabc\r\n$-1\r\n", 2)]
    [TestCase("*2\r\n*1\r\n:1\r\n$1\r\nx\r\n*0\r\n*-1\r\n", 3)]
    [TestCase("%2\r\n+server\r\n$5\r\nredis\r\n+modules\r\n*0\r\n+OK\r\n", 2)]
    [TestCase("~1\r\n:1\r\n_\r\n#t\r\n,1.5\r\n=7\r\ntxt:abc\r\n", 5)]
    [TestCase(">3\r\n+message\r\n+wake\r\n+1\r\n+OK\r\n", 1)]
    public void Replies_are_counted_however_they_are_cut(string replies, int expected)
    {
        var bytes = Encoding.ASCII.GetBytes(replies);
        for (var cut = 0; cut <= bytes.Length; cut++)
        {
            var counter = new RespCounter();

            counter.Feed(bytes.AsSpan(0, cut));
            counter.Feed(bytes.AsSpan(cut));

            Assert.That((counter.Count, counter.Begun), Is.EqualTo((expected, expected)), $"cut at {cut}");
        }
    }

    [Test]
    public void What_is_pushed_begins_no_reply()
    {
        var counter = new RespCounter();

        counter.Feed("+OK\r\n>3\r\n+message\r\n+wa"u8);

        Assert.That(counter.Begun, Is.EqualTo(1));
    }
}
