using System.Globalization;
using System.Text.Json;
using Serilog.Events;

namespace Dashtam.Jobs.Core.Logging;

/// <summary>A logged value as JSON.</summary>
internal static class JsonValue
{
    /// <summary>An instant in UTC, to the microsecond.</summary>
    public static string Spell(DateTimeOffset instant) =>
        instant.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture);

    public static void Write(Utf8JsonWriter json, LogEventPropertyValue value)
    {
        switch (value)
        {
            case ScalarValue scalar:
                WriteScalar(json, scalar.Value);
                break;
            case SequenceValue sequence:
                WriteArray(json, sequence.Elements);
                break;
            case StructureValue structure:
                WriteObject(json, structure.Properties.Select(property => (property.Name, property.Value)));
                break;
            case DictionaryValue dictionary:
                WriteObject(json, dictionary.Elements.Select(entry => ($"{entry.Key.Value}", entry.Value)));
                break;
            default:
                json.WriteStringValue(value.ToString(format: null, CultureInfo.InvariantCulture));
                break;
        }
    }

    private static void WriteArray(Utf8JsonWriter json, IEnumerable<LogEventPropertyValue> elements)
    {
        json.WriteStartArray();
        foreach (var element in elements)
        {
            Write(json, element);
        }

        json.WriteEndArray();
    }

    private static void WriteObject(Utf8JsonWriter json, IEnumerable<(string Name, LogEventPropertyValue Value)> members)
    {
        json.WriteStartObject();
        foreach (var (name, value) in members)
        {
            json.WritePropertyName(name);
            Write(json, value);
        }

        json.WriteEndObject();
    }

    private static void WriteScalar(Utf8JsonWriter json, object? value)
    {
        switch (value)
        {
            case null:
                json.WriteNullValue();
                break;
            case bool flag:
                json.WriteBooleanValue(flag);
                break;
            case byte or sbyte or short or ushort or int or long:
                json.WriteNumberValue(Convert.ToInt64(value, CultureInfo.InvariantCulture));
                break;
            case uint or ulong:
                json.WriteNumberValue(Convert.ToUInt64(value, CultureInfo.InvariantCulture));
                break;
            case decimal number:
                json.WriteNumberValue(number);
                break;
            // JSON has no NaN and no infinity: those become strings below.
            case double number when double.IsFinite(number):
                json.WriteNumberValue(number);
                break;
            case float number when float.IsFinite(number):
                json.WriteNumberValue(number);
                break;
            case DateTimeOffset instant:
                json.WriteStringValue(Spell(instant));
                break;
            case DateTime instant:
                json.WriteStringValue(instant.ToString("O", CultureInfo.InvariantCulture));
                break;
            default:
                json.WriteStringValue(Convert.ToString(value, CultureInfo.InvariantCulture));
                break;
        }
    }
}
