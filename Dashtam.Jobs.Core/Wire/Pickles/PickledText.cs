using System.Text.Unicode;

namespace Dashtam.Jobs.Core.Wire.Pickles;

/// <summary>Text as Python pickles it: UTF-8, in which a lone surrogate has the form that it would have.</summary>
internal static class PickledText
{
    private const int LengthOfSurrogate = 3;
    private const int Quotes = 2;

    // How many bytes of JSON there are for each byte: all for the first one of a character, none for those that follow.
    private static readonly byte[] Lengths = [.. Enumerable.Range(0, 256).Select(LengthOf)];

    /// <summary>Whether it is text; all else here expects that.</summary>
    public static bool IsValid(ReadOnlySpan<byte> text)
    {
        for (var surrogate = 0; !Utf8.IsValid(text); text = text[(surrogate + LengthOfSurrogate)..])
        {
            surrogate = IndexOfSurrogate(text);
            if (surrogate < 0 || !Utf8.IsValid(text[..surrogate]))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>How many bytes <see cref="Write"/> takes.</summary>
    public static int Measure(ReadOnlySpan<byte> text)
    {
        var length = Quotes;
        foreach (var unit in text)
        {
            length += Lengths[unit];
        }

        return length;
    }

    /// <summary>Writes it as JSON, with its quotes; returns how many bytes that takes.</summary>
    public static int Write(ReadOnlySpan<byte> text, Span<byte> output)
    {
        var length = 0;
        output[length++] = (byte)'"';
        while (!text.IsEmpty)
        {
            if (Lengths[text[0]] == 1)
            {
                output[length++] = text[0];
                text = text[1..];
            }
            else
            {
                length += WriteCharacter(ref text, output[length..]);
            }
        }

        output[length++] = (byte)'"';
        return length;
    }

    private static int WriteCharacter(ref ReadOnlySpan<byte> text, Span<byte> output)
    {
        var first = text[0];
        var (size, code) = first switch
        {
            < 0x80 => (1, first),
            < 0xE0 => (2, Join(first & 0x1F, text[1])),
            < 0xF0 => (3, Join(Join(first & 0x0F, text[1]), text[2])),
            _ => (4, Join(Join(Join(first & 0x07, text[1]), text[2]), text[3])),
        };
        text = text[size..];
        if (code <= char.MaxValue)
        {
            return JsonEscape.Write((char)code, output);
        }

        var above = code - 0x10000;
        JsonEscape.Write((char)(0xD800 | (above >> 10)), output);
        JsonEscape.Write((char)(0xDC00 | (above & 0x3FF)), output[JsonEscape.Longest..]);
        return 2 * JsonEscape.Longest;
    }

    private static int Join(int bits, byte next) => (bits << 6) | (next & 0x3F);

    private static int IndexOfSurrogate(ReadOnlySpan<byte> text)
    {
        for (var at = text.IndexOf((byte)0xED); at >= 0 && at + LengthOfSurrogate <= text.Length;)
        {
            if (text[at..] is [_, >= 0xA0 and <= 0xBF, >= 0x80 and <= 0xBF, ..])
            {
                return at;
            }

            var next = text[(at + 1)..].IndexOf((byte)0xED);
            at = next < 0 ? -1 : at + 1 + next;
        }

        return -1;
    }

    private static byte LengthOf(int first) => first switch
    {
        '"' or '\\' or '\n' or '\r' or '\t' or '\b' or '\f' => 2,
        >= ' ' and <= '~' => 1,
        < 0x80 => JsonEscape.Longest,
        < 0xC0 => 0,
        < 0xF0 => JsonEscape.Longest,
        _ => 2 * JsonEscape.Longest,
    };
}
