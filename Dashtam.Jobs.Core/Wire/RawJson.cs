using System.Text.Json;
using System.Text.Unicode;

namespace Dashtam.Jobs.Core.Wire;

/// <summary>Cuts JSON into slices of the original bytes without decoding them.</summary>
/// <remarks>
/// Decoding loses what must survive: integers of any size, <c>1.0</c>, lone surrogates, and the bare words of
/// <see cref="BareWords"/>, which are accepted wherever a value may stand.
/// </remarks>
internal static class RawJson
{
    /// <summary>Levels of nesting accepted; readers further on recurse, so there must be a bound.</summary>
    public const int MaxDepth = 256;

    private static readonly JsonReaderOptions Options = new() { MaxDepth = MaxDepth };

    /// <summary>Whether the bytes are one JSON value; the problem says what is wrong and where, no content.</summary>
    public static bool IsValid(ReadOnlyMemory<byte> utf8, out string problem) => TryFields(utf8, null, out problem);

    /// <summary>The same; and when the value is an object, its members in the same pass.</summary>
    /// <param name="utf8">The value, with white space around it or not.</param>
    /// <param name="fields">Gets the members; to be used only when the result is true.</param>
    /// <param name="problem">What is wrong and where.</param>
    public static bool TryFields(ReadOnlyMemory<byte> utf8, List<RawField>? fields, out string problem)
    {
        problem = ProblemOfEncoding(utf8.Span);
        if (problem.Length > 0)
        {
            return false;
        }

        var reader = new Utf8JsonReader(BareWords.Mask(utf8).Span, Options);
        try
        {
            if (reader.Read() && reader.TokenType == JsonTokenType.StartObject && fields is not null)
            {
                ReadFields(ref reader, utf8, fields);
            }

            while (reader.Read())
            {
                // Reading to the end is the check.
            }

            return true;
        }
        catch (JsonException exception)
        {
            // The depth counts from 0 at the innermost bracket that was read.
            problem = reader.CurrentDepth >= MaxDepth - 1
                ? $"nested deeper than {MaxDepth} levels"
                : $"not valid JSON at {Position(exception)}";
            return false;
        }
    }

    /// <summary>The members of an object that <see cref="IsValid"/> accepted.</summary>
    /// <remarks>As in Python, a name given twice keeps its first place and its last value.</remarks>
    public static List<RawField> Fields(ReadOnlyMemory<byte> json)
    {
        var fields = new List<RawField>();
        var reader = new Utf8JsonReader(BareWords.Mask(json).Span, Options);
        reader.Read();
        ReadFields(ref reader, json, fields);
        return fields;
    }

    /// <summary>The items of an array that <see cref="IsValid"/> accepted.</summary>
    public static List<ReadOnlyMemory<byte>> Items(ReadOnlyMemory<byte> json)
    {
        var items = new List<ReadOnlyMemory<byte>>();
        var reader = new Utf8JsonReader(BareWords.Mask(json).Span, Options);
        reader.Read();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            items.Add(ValueSlice(ref reader, json));
        }

        return items;
    }

    /// <summary>What a valid value is, in words for a message.</summary>
    public static string Kind(ReadOnlySpan<byte> value) => value[0] switch
    {
        (byte)'{' => "an object",
        (byte)'[' => "an array",
        (byte)'"' => "text",
        (byte)'t' or (byte)'f' => "a boolean",
        (byte)'n' => "null",
        _ => "a number",
    };

    /// <summary>Whether a valid array or object has nothing in it.</summary>
    public static bool IsEmptyContainer(ReadOnlySpan<byte> container) =>
        container[1..].TrimStart(" \t\r\n"u8) is [(byte)']' or (byte)'}'];

    private static void ReadFields(ref Utf8JsonReader reader, ReadOnlyMemory<byte> json, List<RawField> fields)
    {
        var list = new RawFieldList(fields);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var rawName = json.Slice((int)reader.TokenStartIndex, reader.ValueSpan.Length + 2);
            list.Set(new(rawName, NextValue(ref reader, json)));
        }
    }

    private static ReadOnlyMemory<byte> NextValue(ref Utf8JsonReader reader, ReadOnlyMemory<byte> json)
    {
        reader.Read();
        return ValueSlice(ref reader, json);
    }

    private static ReadOnlyMemory<byte> ValueSlice(ref Utf8JsonReader reader, ReadOnlyMemory<byte> json)
    {
        var start = (int)reader.TokenStartIndex;
        reader.Skip();
        return json[start..(int)reader.BytesConsumed];
    }

    private static string ProblemOfEncoding(ReadOnlySpan<byte> utf8)
    {
        if (utf8.IsEmpty)
        {
            return "empty";
        }

        if (utf8.StartsWith("\uFEFF"u8))
        {
            return "begins with a byte order mark";
        }

        return Utf8.IsValid(utf8) ? "" : "not valid UTF-8";
    }

    private static string Position(JsonException exception) =>
        $"line {exception.LineNumber + 1}, byte {exception.BytePositionInLine + 1}";
}
