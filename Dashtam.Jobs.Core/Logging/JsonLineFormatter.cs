using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Serilog.Events;
using Serilog.Formatting;
using Serilog.Formatting.Display;

namespace Dashtam.Jobs.Core.Logging;

/// <summary>
/// Writes an event as one JSON object on one line: <c>timestamp</c>, <c>level</c>, <c>event</c>, <c>message</c> and
/// <c>logger</c> first, then its properties and those of its scopes in snake_case, then <c>exception</c>.
/// </summary>
internal sealed class JsonLineFormatter : ITextFormatter
{
    private static readonly string[] OurFields =
        ["timestamp", "level", "event", "message", "logger", "trace_id", "span_id", "exception"];

    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private static readonly MessageTemplateTextFormatter Message = new("{Message:lj}", CultureInfo.InvariantCulture);

    public void Format(LogEvent logEvent, TextWriter output)
    {
        var buffer = new ArrayBufferWriter<byte>(512);
        using (var json = new Utf8JsonWriter(buffer, Options))
        {
            json.WriteStartObject();
            WriteHead(json, logEvent);
            WriteProperties(json, logEvent);
            if (logEvent.Exception is { } exception)
            {
                json.WriteString("exception", exception.ToString());
            }

            json.WriteEndObject();
        }

        output.WriteLine(Encoding.UTF8.GetString(buffer.WrittenSpan));
    }

    private static void WriteHead(Utf8JsonWriter json, LogEvent logEvent)
    {
        json.WriteString("timestamp", JsonValue.Spell(logEvent.Timestamp));
        json.WriteString("level", Level(logEvent.Level));
        json.WriteString("event", EventName.Of(logEvent));
        json.WriteString("message", Render(logEvent));
        json.WriteString("logger", EventName.Source(logEvent));
        if (logEvent.TraceId is { } trace)
        {
            json.WriteString("trace_id", trace.ToHexString());
        }

        if (logEvent.SpanId is { } span)
        {
            json.WriteString("span_id", span.ToHexString());
        }
    }

    /// <summary>A name is written once: a second property of that name in snake_case, and what hides a field of ours, is renamed.</summary>
    private static void WriteProperties(Utf8JsonWriter json, LogEvent logEvent)
    {
        var written = new HashSet<string>(OurFields, StringComparer.Ordinal);
        foreach (var (key, value) in logEvent.Properties)
        {
            if (key is EventName.IdProperty or Serilog.Core.Constants.SourceContextPropertyName)
            {
                continue;
            }

            var name = JsonNamingPolicy.SnakeCaseLower.ConvertName(key);
            while (!written.Add(name))
            {
                name = $"property_{name}";
            }

            json.WritePropertyName(name);
            JsonValue.Write(json, value);
        }
    }

    private static string Render(LogEvent logEvent)
    {
        using var text = new StringWriter(CultureInfo.InvariantCulture);
        Message.Format(logEvent, text);
        return text.ToString();
    }

    private static string Level(LogEventLevel level) => level switch
    {
        LogEventLevel.Verbose or LogEventLevel.Debug => "debug",
        LogEventLevel.Information => "info",
        LogEventLevel.Warning => "warning",
        LogEventLevel.Error => "error",
        _ => "critical",
    };
}
