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

    /// <summary>Writes a value; texts in it are cut to a number of characters.</summary>
    public static void Write(Utf8JsonWriter json, LogEventPropertyValue value, int longest)
    {
        switch (value)
        {
            case ScalarValue scalar:
                WriteScalar(json, scalar.Value, longest);
                break;
            case SequenceValue sequence:
                WriteArray(json, sequence.Elements, longest);
                break;
            case StructureValue structure:
                WriteObject(json, structure.Properties.Select(property => (property.Name, property.Value)), longest);
                break;
            case DictionaryValue dictionary:
                WriteObject(json, dictionary.Elements.Select(entry => ($"{entry.Key.Value}", entry.Value)), longest);
                break;
            default:
                json.WriteStringValue(Cut.To(value.ToString(format: null, CultureInfo.InvariantCulture), longest));
                break;
        }
    }

    private static void WriteArray(Utf8JsonWriter json, IEnumerable<LogEventPropertyValue> elements, int longest)
    {
        json.WriteStartArray();
        foreach (var element in elements)
        {
            Write(json, element, longest);
        }

        json.WriteEndArray();
    }

    private static void WriteObject(
        Utf8JsonWriter json, IEnumerable<(string Name, LogEventPropertyValue Value)> members, int longest)
    {
        json.WriteStartObject();
        foreach (var (name, value) in members)
        {
            json.WritePropertyName(Cut.To(name, longest));
            Write(json, value, longest);
        }

        json.WriteEndObject();
    }

    private static void WriteScalar(Utf8JsonWriter json, object? value, int longest)
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
                json.WriteStringValue(Cut.To(Convert.ToString(value, CultureInfo.InvariantCulture) ?? "", longest));
                break;
        }
    }
}
