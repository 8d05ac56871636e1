using System.Text.RegularExpressions;
using NUnit.Framework;

namespace Dashtam.Jobs.Tests.Compliance;

[Category("Unit")]
internal sealed partial class LogMessageTests
{
    [Test]
    public void No_message_puts_a_number_before_a_plural()
    {
        var wrong = OurCode.LogMessages.Where(message => Plural().IsMatch(message.Message)).Select(message => message.EventName);

        Assert.That(Plural().IsMatch("{Waiting} jobs wait"), Is.True);
        Assert.That(string.Join(' ', wrong), Is.Empty, "the number may be 1; write (jobs: {Number})");
    }

    [GeneratedRegex(
        @"\{\w+\} (\w+ )?(attempts|connections|entries|envelopes|handlers|jobs|keys|letters|lines|results|runs|schedules|slots|tries|workers)\b",
        RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 5000)]
    private static partial Regex Plural();
}
