using Dashtam.Jobs.Core.Logging;
using NUnit.Framework;
using Serilog.Events;
using Serilog.Parsing;

namespace Dashtam.Jobs.Tests.Unit.Core.Logging;

[Category("Unit")]
internal sealed class RenderedTests
{
    [TestCase("It failed: {Problem}. Try again", "no such user.", "It failed: no such user. Try again")]
    [TestCase("It failed: {Problem}. Try again", "no such user", "It failed: no such user. Try again")]
    [TestCase("It failed: {Problem}.", "no such user.", "It failed: no such user.")]
    [TestCase("It failed: {Problem}", "no such user.", "It failed: no such user.")]
    [TestCase("It failed ({Problem}), try again", "no such user.", "It failed (no such user.), try again")]
    public void A_sentence_that_quotes_another_one_ends_in_one_full_stop(string template, string problem, string message)
    {
        var logEvent = new LogEvent(
            DateTimeOffset.UnixEpoch, LogEventLevel.Error, exception: null, new MessageTemplateParser().Parse(template),
            [new LogEventProperty("Problem", new ScalarValue(problem))]);

        Assert.That(Rendered.Message(logEvent), Is.EqualTo(message));
        Assert.That(logEvent.Properties["Problem"], Is.EqualTo(new ScalarValue(problem)), "the value stays as it is");
    }
}
