using System.Buffers.Binary;
using System.Globalization;
using System.Numerics;
using System.Text;
using System.Text.Json;

namespace Dashtam.Jobs.Core.Wire.Pickles;

/// <summary>Writes JSON as a pickle, in the few opcodes of protocol 2 that every Python reads.</summary>
/// <remarks>A result and a progress record are written as JSON first, so both forms of one record say the same.</remarks>
internal static class PickleWriter
{
    private const int Head = 5; // an opcode and four bytes

    /// <summary>The longest integer that one byte can give the length of; a longer one is written as text.</summary>
    private const int LongestInteger = byte.MaxValue;

    /// <summary>The pickle of a JSON value; bare words become <c>None</c>.</summary>
    /// <exception cref="JsonException">The bytes are not JSON.</exception>
    public static byte[] FromJson(ReadOnlySpan<byte> json)
    {
        var output = new WireBuffer(json.Length * 2);
        output.Write([PickleOpcode.Proto, 2]);
        var reader = new Utf8JsonReader(BareWords.ToNull(json), new JsonReaderOptions { MaxDepth = int.MaxValue });
        while (reader.Read())
        {
            Write(output, in reader);
        }

        output.Write([PickleOpcode.Stop]);
        return output.ToArray();
    }

    private static void Write(WireBuffer output, in Utf8JsonReader reader)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.StartObject:
                output.Write([PickleOpcode.EmptyDict, PickleOpcode.Mark]);
                break;
            case JsonTokenType.EndObject:
                output.Write([PickleOpcode.SetItems]);
                break;
            case JsonTokenType.StartArray:
                output.Write([PickleOpcode.EmptyList, PickleOpcode.Mark]);
                break;
            case JsonTokenType.EndArray:
                output.Write([PickleOpcode.Appends]);
                break;
            case JsonTokenType.PropertyName or JsonTokenType.String:
                WriteText(output, reader.ValueSpan);
                break;
            case JsonTokenType.Number:
                WriteNumber(output, reader.ValueSpan);
                break;
            case JsonTokenType.True:
                output.Write([PickleOpcode.True]);
                break;
            case JsonTokenType.False:
                output.Write([PickleOpcode.False]);
                break;
            default:
                output.Write([PickleOpcode.None]);
                break;
        }
    }

    private static void WriteNumber(WireBuffer output, ReadOnlySpan<byte> number)
    {
        if (number.IndexOfAny(".eE"u8) >= 0)
        {
            Span<byte> real = stackalloc byte[1 + sizeof(double)];
            real[0] = PickleOpcode.Float;
            BinaryPrimitives.WriteDoubleBigEndian(real[1..], double.Parse(number, CultureInfo.InvariantCulture));
            output.Write(real);
        }
        else if (int.TryParse(number, CultureInfo.InvariantCulture, out var small))
        {
            Span<byte> integer = stackalloc byte[Head];
            integer[0] = PickleOpcode.Int32;
            BinaryPrimitives.WriteInt32LittleEndian(integer[1..], small);
            output.Write(integer);
        }
        else
        {
            WriteLarge(output, number);
        }
    }

    private static void WriteLarge(WireBuffer output, ReadOnlySpan<byte> number)
    {
        // Ten digits need more than four bytes: what has more than this many does not fit, and parsing it would take long.
        const int mostDigits = LongestInteger * 5 / 2;
        var bytes = number.Length <= mostDigits ? Integer(number) : [];
        if (bytes.Length is 0 or > LongestInteger)
        {
            WriteUtf8(output, number);
            return;
        }

        output.Write([PickleOpcode.LongInteger, (byte)bytes.Length]);
        output.Write(bytes);
    }

    private static byte[] Integer(ReadOnlySpan<byte> number) =>
        BigInteger.Parse(Encoding.ASCII.GetString(number), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture).ToByteArray();

    private static void WriteText(WireBuffer output, ReadOnlySpan<byte> escaped)
    {
        if (!escaped.Contains((byte)'\\'))
        {
            WriteUtf8(output, escaped);
            return;
        }

        // Python reads a lone surrogate as the three bytes that it would have, were it a character.
        var text = JsonText.Decode(escaped);
        WriteUtf8(output, JsonText.HasLoneSurrogate(text) ? WithSurrogates(text) : Encoding.UTF8.GetBytes(text));
    }

    private static byte[] WithSurrogates(string text)
    {
        var utf8 = new WireBuffer(text.Length * 3);
        Span<byte> bytes = stackalloc byte[4];
        for (var i = 0; i < text.Length; i++)
        {
            if (Rune.TryGetRuneAt(text, i, out var rune))
            {
                utf8.Write(bytes[..rune.EncodeToUtf8(bytes)]);
                i += rune.Utf16SequenceLength - 1;
            }
            else
            {
                utf8.Write([(byte)(0xE0 | (text[i] >> 12)), (byte)(0x80 | ((text[i] >> 6) & 0x3F)), (byte)(0x80 | (text[i] & 0x3F))]);
            }
        }

        return utf8.ToArray();
    }

    private static void WriteUtf8(WireBuffer output, ReadOnlySpan<byte> utf8)
    {
        Span<byte> head = stackalloc byte[Head];
        head[0] = PickleOpcode.Text;
        BinaryPrimitives.WriteInt32LittleEndian(head[1..], utf8.Length);
        output.Write(head);
        output.Write(utf8);
    }
}
