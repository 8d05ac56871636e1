using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Serilog.Events;
using Serilog.Formatting;

namespace Dashtam.Jobs.Core.Logging;

/// <summary>
/// Writes an event as one JSON object on one line: <c>timestamp</c>, <c>level</c>, <c>event</c>, <c>message</c> and
/// <c>logger</c> first, then its properties and those of its scopes in snake_case, then <c>exception</c>.
/// </summary>
/// <remarks>
/// A line has at most 16 KiB with its line feed: Docker tears longer ones, and what reads them finds no JSON. Long texts are cut,
/// to fewer characters where there are many of them; a line that is still too long keeps its first fields only.
/// </remarks>
internal sealed class JsonLineFormatter : ITextFormatter
{
    private static readonly string[] OurFields =
        ["timestamp", "level", "event", "message", "logger", "trace_id", "span_id", "exception"];

    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Bytes of a line at most, its line feed not counted.</summary>
    private const int LongestLine = (16 * 1024) - 1;

    /// <summary>To how many characters texts are cut, one after the other until the line is short enough.</summary>
    private static readonly int[] LongestTexts = [4_096, 1_024, 256, 64];

    public void Format(LogEvent logEvent, TextWriter output)
    {
        var buffer = new ArrayBufferWriter<byte>(512);
        foreach (var longest in LongestTexts)
        {
            Write(buffer, logEvent, longest, isWhole: true);
            if (buffer.WrittenCount <= LongestLine)
            {
                break;
            }
        }

        if (buffer.WrittenCount > LongestLine)
        {
            Write(buffer, logEvent, LongestTexts[^1], isWhole: false);
        }

        output.Write(Encoding.UTF8.GetString(buffer.WrittenSpan));
        output.Write('\n'); // also where lines end otherwise: the limit counts one byte
    }

    private static void Write(ArrayBufferWriter<byte> buffer, LogEvent logEvent, int longest, bool isWhole)
    {
        buffer.ResetWrittenCount();
        using var json = new Utf8JsonWriter(buffer, Options);
        json.WriteStartObject();
        WriteHead(json, logEvent, longest);
        if (isWhole)
        {
            WriteProperties(json, logEvent, longest);
        }

        if (logEvent.Exception is { } exception)
        {
            json.WriteString("exception", Cut.To(exception.ToString(), longest));
        }

        if (!isWhole)
        {
            json.WriteBoolean("properties_dropped", value: true);
        }

        json.WriteEndObject();
    }

    private static void WriteHead(Utf8JsonWriter json, LogEvent logEvent, int longest)
    {
        json.WriteString("timestamp", JsonValue.Spell(logEvent.Timestamp));
        json.WriteString("level", Level(logEvent.Level));
        json.WriteString("event", Cut.To(EventName.Of(logEvent), longest));
        json.WriteString("message", Cut.To(Rendered.Message(logEvent), longest));
        json.WriteString("logger", EventName.Source(logEvent) is { } source ? Cut.To(source, longest) : null);
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
    private static void WriteProperties(Utf8JsonWriter json, LogEvent logEvent, int longest)
    {
        var written = new HashSet<string>(OurFields, StringComparer.Ordinal);
        foreach (var (key, value) in logEvent.Properties)
        {
            if (key is EventName.IdProperty or Serilog.Core.Constants.SourceContextPropertyName)
            {
                continue;
            }

            var name = Cut.To(JsonNamingPolicy.SnakeCaseLower.ConvertName(key), longest);
            while (!written.Add(name))
            {
                name = $"property_{name}";
            }

            json.WritePropertyName(name);
            JsonValue.Write(json, value, longest);
        }
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
