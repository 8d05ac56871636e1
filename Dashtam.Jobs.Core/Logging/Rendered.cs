using System.Globalization;
using Serilog.Events;
using Serilog.Formatting.Display;

namespace Dashtam.Jobs.Core.Logging;

/// <summary>What an event says in words.</summary>
internal static class Rendered
{
    private static readonly MessageTemplateTextFormatter Template = new("{Message:lj}", CultureInfo.InvariantCulture);

    /// <summary>The message with its values put in.</summary>
    public static string Message(LogEvent logEvent)
    {
        using var text = new StringWriter(CultureInfo.InvariantCulture);
        Template.Format(logEvent, text);
        return text.ToString();
    }
}
