using System.Globalization;
using Serilog.Events;
using Serilog.Formatting.Display;
using Serilog.Parsing;

namespace Dashtam.Jobs.Core.Logging;

/// <summary>What an event says in words.</summary>
internal static class Rendered
{
    private static readonly MessageTemplateTextFormatter Template = new("{Message:lj}", CultureInfo.InvariantCulture);

    /// <summary>
    /// The message with its values put in. The words of a server or of .NET often end in a full stop, and so does the sentence that
    /// quotes them: one is enough.
    /// </summary>
    public static string Message(LogEvent logEvent)
    {
        using var text = new StringWriter(CultureInfo.InvariantCulture);
        Template.Format(WithSingleStops(logEvent), text);
        return text.ToString();
    }

    private static LogEvent WithSingleStops(LogEvent logEvent)
    {
        List<LogEventProperty>? shorter = null;
        PropertyToken? before = null;
        foreach (var token in logEvent.MessageTemplate.Tokens)
        {
            if (before is not null && token is TextToken { Text: ['.', ..] }
                && logEvent.Properties.TryGetValue(before.PropertyName, out var value)
                && value is ScalarValue { Value: string words } && words.EndsWith('.'))
            {
                (shorter ??= []).Add(new LogEventProperty(before.PropertyName, new ScalarValue(words.TrimEnd('.'))));
            }

            before = token as PropertyToken;
        }

        if (shorter is null)
        {
            return logEvent; // nearly always
        }

        var copy = new LogEvent(
            logEvent.Timestamp, logEvent.Level, logEvent.Exception, logEvent.MessageTemplate,
            logEvent.Properties.Select(property => new LogEventProperty(property.Key, property.Value)));
        shorter.ForEach(copy.AddOrUpdateProperty);
        return copy;
    }
}
