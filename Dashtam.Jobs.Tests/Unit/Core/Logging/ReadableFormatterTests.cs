using Dashtam.Jobs.Core.Logging;
using NUnit.Framework;
using Serilog.Events;
using Serilog.Parsing;

namespace Dashtam.Jobs.Tests.Unit.Core.Logging;

[Category("Unit")]
internal sealed class ReadableFormatterTests
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 28, 12, 0, 0, TimeSpan.Zero);

    [Test]
    public void A_name_from_a_message_forges_no_line() => Assert.That(
        Format("{Job} is unknown", LogEventLevel.Warning, ("Job", "no_such\n12:00:00 CRT forged\u001b[2J")),
        Is.EqualTo($@"12:00:00 WRN no_such\n12:00:00 CRT forged\u001b[2J is unknown{Environment.NewLine}"));

    [Test]
    public void A_template_of_a_library_that_holds_such_a_name_forges_none_either() => Assert.That(
        Format("unknown: a\r12:00:00 CRT forged", LogEventLevel.Information),
        Is.EqualTo($@"12:00:00 INF unknown: a\r12:00:00 CRT forged{Environment.NewLine}"));

    [Test]
    public void Lines_of_an_exception_are_indented()
    {
        var text = Format("It failed", LogEventLevel.Error, new InvalidOperationException("one\n12:00:00 CRT two\u001b[1m"));

        Assert.That(text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Skip(1), Is.Not.Empty.And.All.StartsWith("    "));
        Assert.That(text, Does.Not.Contain("\u001b"));
    }

    [TestCase(true, "12:00:00 \u001b[33mWRN\u001b[0m said")]
    [TestCase(false, "12:00:00 WRN said")]
    public void Colours_are_ours_alone(bool colours, string expected)
    {
        using var output = new StringWriter();

        new ReadableFormatter(colours).Format(Event("said", LogEventLevel.Warning, exception: null), output);

        Assert.That(output.ToString(), Is.EqualTo(expected + Environment.NewLine));
    }

    private static string Format(string template, LogEventLevel level, params (string Name, string Value)[] values) =>
        Format(template, level, exception: null, values);

    private static string Format(
        string template, LogEventLevel level, Exception? exception, params (string Name, string Value)[] values)
    {
        using var output = new StringWriter();
        new ReadableFormatter(colours: false).Format(Event(template, level, exception, values), output);
        return output.ToString();
    }

    private static LogEvent Event(
        string template, LogEventLevel level, Exception? exception, params (string Name, string Value)[] values) => new(
        Noon,
        level,
        exception,
        new MessageTemplateParser().Parse(template),
        values.Select(value => new LogEventProperty(value.Name, new ScalarValue(value.Value))));
}
