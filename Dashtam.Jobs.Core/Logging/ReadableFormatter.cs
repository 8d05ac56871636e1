using System.Globalization;
using Serilog.Events;
using Serilog.Formatting;

namespace Dashtam.Jobs.Core.Logging;

/// <summary>Writes an event for a person at a terminal: time, level and message on one line, an exception indented below.</summary>
/// <param name="colours">Whether warnings and errors are coloured.</param>
internal sealed class ReadableFormatter(bool colours) : ITextFormatter
{
    private const int LongestMessage = 8_192;
    private const int LongestException = 16_384;
    private const string Indent = "    ";
    private const string Reset = "\u001b[0m";

    public void Format(LogEvent logEvent, TextWriter output)
    {
        var (level, colour) = Level(logEvent.Level);
        output.Write(logEvent.Timestamp.ToString("HH:mm:ss ", CultureInfo.InvariantCulture));
        output.Write(colours && colour.Length > 0 ? $"{colour}{level}{Reset}" : level);
        output.Write(' ');
        output.WriteLine(Printable.Of(Cut.To(Rendered.Message(logEvent), LongestMessage)));
        if (logEvent.Exception is not { } exception)
        {
            return;
        }

        // Indented, so that no line of it can pass for one of the log.
        foreach (var line in Cut.To(exception.ToString(), LongestException).Split('\n'))
        {
            output.Write(Indent);
            output.WriteLine(Printable.Of(line.TrimEnd('\r')));
        }
    }

    private static (string Name, string Colour) Level(LogEventLevel level) => level switch
    {
        LogEventLevel.Verbose or LogEventLevel.Debug => ("DBG", "\u001b[2m"),
        LogEventLevel.Information => ("INF", ""),
        LogEventLevel.Warning => ("WRN", "\u001b[33m"),
        LogEventLevel.Error => ("ERR", "\u001b[31m"),
        _ => ("CRT", "\u001b[31;1m"),
    };
}
