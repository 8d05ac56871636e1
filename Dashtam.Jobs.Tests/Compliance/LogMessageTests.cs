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

    [TestCase("Jobs cannot be fetched: {Problem}. It is tried again all the time", "tried again")]
    [TestCase("The worker stops; others recover its jobs", "others")]
    public void A_message_that_must_be_read_twice_is_found(string message, string words) =>
        Assert.That(Unclear().Match(message).Value, Is.EqualTo(words));

    [Test]
    public void No_message_has_to_be_read_twice()
    {
        var wrong = OurCode.LogMessages.Where(message => Unclear().IsMatch(message.Message))
            .Select(message => $"{message.EventName}: {Unclear().Match(message.Message).Value}");

        Assert.That(string.Join('\n', wrong), Is.Empty, "name who acts and when: 'Retrying every second', 'other workers'");
    }

    [GeneratedRegex(
        @"\b(tried again|is waited for|others|they|so many|somebody|of before|of theirs|as it is|all the time|said once)\b",
        RegexOptions.ExplicitCapture | RegexOptions.IgnoreCase, matchTimeoutMilliseconds: 5000)]
    private static partial Regex Unclear();

    [GeneratedRegex(
        @"\{\w+\} (\w+ )?(attempts|connections|entries|envelopes|handlers|jobs|keys|letters|lines|results|runs|schedules|slots|tries|workers)\b",
        RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 5000)]
    private static partial Regex Plural();
}
