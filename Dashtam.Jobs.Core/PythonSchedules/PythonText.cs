using System.Globalization;
using System.Text;
using System.Text.Json;
using Dashtam.Jobs.Core.Wire;

namespace Dashtam.Jobs.Core.PythonSchedules;

/// <summary>What Python's <c>str()</c> says of a value: <c>True</c>, <c>None</c>, <c>[1, 'a']</c>, <c>{'k': 'v'}</c>.</summary>
internal static class PythonText
{
    /// <summary>The text of a valid JSON value that is no text itself.</summary>
    public static string Str(ReadOnlyMemory<byte> json)
    {
        if (BareWord(json.Span) is { } word)
        {
            return word;
        }

        var text = new StringBuilder(json.Length);
        var reader = new Utf8JsonReader(BareWords.ToNull(json.Span), new JsonReaderOptions { MaxDepth = RawJson.MaxDepth });
        var previous = JsonTokenType.None;
        while (reader.Read())
        {
            var begins = previous is JsonTokenType.None or JsonTokenType.StartArray or JsonTokenType.StartObject or JsonTokenType.PropertyName;
            if (!begins && reader.TokenType is not (JsonTokenType.EndArray or JsonTokenType.EndObject))
            {
                text.Append(", ");
            }

            Append(text, in reader);
            previous = reader.TokenType;
        }

        return text.ToString();
    }

    /// <summary>Whether a JSON number, or a bare word of Python, is a float there.</summary>
    public static bool IsFloat(ReadOnlySpan<byte> number) => number.IndexOfAny(".eEIN"u8) >= 0;

    private static string? BareWord(ReadOnlySpan<byte> json) => json switch
    {
        [(byte)'N', ..] => "nan",
        [(byte)'I', ..] => "inf",
        [(byte)'-', (byte)'I', ..] => "-inf",
        _ => null,
    };

    private static void Append(StringBuilder text, in Utf8JsonReader reader)
    {
        _ = reader.TokenType switch
        {
            JsonTokenType.StartObject => text.Append('{'),
            JsonTokenType.EndObject => text.Append('}'),
            JsonTokenType.StartArray => text.Append('['),
            JsonTokenType.EndArray => text.Append(']'),
            JsonTokenType.PropertyName => Quoted(text, JsonText.Decode(reader.ValueSpan)).Append(": "),
            JsonTokenType.String => Quoted(text, JsonText.Decode(reader.ValueSpan)),
            JsonTokenType.True => text.Append("True"),
            JsonTokenType.False => text.Append("False"),
            JsonTokenType.Null => text.Append("None"),
            _ => text.Append(Number(reader.ValueSpan)),
        };
    }

    private static string Number(ReadOnlySpan<byte> number)
    {
        var digits = Encoding.ASCII.GetString(number);
        if (!IsFloat(number))
        {
            return digits;
        }

        var value = double.Parse(digits, CultureInfo.InvariantCulture);
        return double.IsFinite(value) ? PythonFloat.Repr(value) : value > 0 ? "inf" : "-inf";
    }

    // As repr() quotes: in ' unless the text has that and no ".
    private static StringBuilder Quoted(StringBuilder text, string value)
    {
        var quote = value.Contains('\'', StringComparison.Ordinal) && !value.Contains('"', StringComparison.Ordinal) ? '"' : '\'';
        text.Append(quote);
        foreach (var unit in value)
        {
            _ = unit switch
            {
                '\\' => text.Append(@"\\"),
                '\n' => text.Append(@"\n"),
                '\r' => text.Append(@"\r"),
                '\t' => text.Append(@"\t"),
                _ when unit == quote => text.Append('\\').Append(unit),
                _ when char.IsControl(unit) => text.Append(CultureInfo.InvariantCulture, $"\\x{(int)unit:x2}"),
                _ => text.Append(unit),
            };
        }

        return text.Append(quote);
    }
}
