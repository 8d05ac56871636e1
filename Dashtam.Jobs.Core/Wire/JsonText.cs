using System.Globalization;
using System.Text;

namespace Dashtam.Jobs.Core.Wire;

/// <summary>JSON text as Python reads it: with lone surrogates, which .NET's reader refuses to decode.</summary>
internal static class JsonText
{
    private const int EscapedUnit = 6; // \uXXXX

    /// <summary>The text of a valid JSON string, given without its quotes.</summary>
    public static string Decode(ReadOnlySpan<byte> escaped)
    {
        var backslash = escaped.IndexOf((byte)'\\');
        if (backslash < 0)
        {
            return Encoding.UTF8.GetString(escaped);
        }

        var text = new StringBuilder(escaped.Length);
        while (backslash >= 0)
        {
            text.Append(Encoding.UTF8.GetString(escaped[..backslash]));
            escaped = escaped[backslash..];
            var length = Decode(escaped, out var unit);
            text.Append(unit);
            escaped = escaped[length..];
            backslash = escaped.IndexOf((byte)'\\');
        }

        return text.Append(Encoding.UTF8.GetString(escaped)).ToString();
    }

    /// <summary>One unit of a valid JSON string, from the backslash on.</summary>
    /// <returns>How many bytes it takes.</returns>
    public static int Decode(ReadOnlySpan<byte> escape, out char unit)
    {
        unit = Unit(escape);
        return escape[1] == (byte)'u' ? EscapedUnit : 2;
    }

    /// <summary>Whether the text has no UTF-8 form, so that it can name nothing in Redis.</summary>
    public static bool HasLoneSurrogate(string text)
    {
        if (!text.AsSpan().ContainsAnyInRange('\ud800', '\udfff'))
        {
            return false;
        }

        for (var i = 0; i < text.Length; i++)
        {
            if (!char.IsSurrogate(text[i]))
            {
                continue;
            }

            if (i + 1 == text.Length || !char.IsSurrogatePair(text[i], text[i + 1]))
            {
                return true;
            }

            i++;
        }

        return false;
    }

    private static char Unit(ReadOnlySpan<byte> escape) => escape[1] switch
    {
        (byte)'b' => '\b',
        (byte)'f' => '\f',
        (byte)'n' => '\n',
        (byte)'r' => '\r',
        (byte)'t' => '\t',
        (byte)'u' => (char)ushort.Parse(escape[2..EscapedUnit], NumberStyles.HexNumber, CultureInfo.InvariantCulture),
        var itself => (char)itself,
    };
}
