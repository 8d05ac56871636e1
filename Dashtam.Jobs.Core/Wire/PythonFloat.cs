using System.Globalization;
using System.Text;

namespace Dashtam.Jobs.Core.Wire;

/// <summary>Floats as Python's <c>repr</c> writes them: <c>0.0</c>, <c>1e-07</c>, <c>1e+16</c>.</summary>
internal static class PythonFloat
{
    /// <summary>No such text is longer.</summary>
    public const int Longest = 32;

    // Python has exponents from here on, .NET not always.
    private const double FirstWithExponent = 1e16;

    /// <summary>The shortest text that reads back to the same finite number.</summary>
    public static string Repr(double value)
    {
        Span<byte> utf8 = stackalloc byte[Longest];
        return Encoding.ASCII.GetString(utf8[..Format(value, utf8)]);
    }

    /// <summary>Writes the same, and returns its length.</summary>
    public static int Format(double value, Span<byte> utf8)
    {
        value.TryFormat(utf8, out var length, "R", CultureInfo.InvariantCulture);
        var text = utf8[..length];
        if (text.Contains((byte)'E') || Math.Abs(value) >= FirstWithExponent)
        {
            return Rearrange(utf8, length);
        }

        // Where neither has an exponent they differ only in what is whole.
        if (!text.Contains((byte)'.'))
        {
            ".0"u8.CopyTo(utf8[length..]);
            length += 2;
        }

        return length;
    }

    /// <summary>Writes .NET's text as Python's, over itself; nothing is allocated, as a pickle may hold thousands of floats.</summary>
    private static int Rearrange(Span<byte> utf8, int length)
    {
        Span<byte> digits = stackalloc byte[Longest];
        var sign = utf8[0] == (byte)'-' ? 1 : 0;
        var (count, point) = Digits(utf8[sign..length], digits);
        var rest = utf8[sign..];
        return sign + (point is > -4 and <= 16 ? Fixed(digits[..count], point, rest) : Scientific(digits[..count], point - 1, rest));
    }

    /// <summary>Significant digits, how many there are, and where the decimal point stands before the first of them.</summary>
    private static (int Count, int Point) Digits(ReadOnlySpan<byte> text, Span<byte> digits)
    {
        var mark = text.IndexOf((byte)'E');
        var exponent = mark < 0 ? 0 : int.Parse(text[(mark + 1)..], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
        var mantissa = mark < 0 ? text : text[..mark];
        var dot = mantissa.IndexOf((byte)'.');
        var (count, zeros) = (0, 0);
        foreach (var digit in mantissa)
        {
            if (digit == (byte)'0' && count == 0)
            {
                zeros++; // leading ones
            }
            else if (digit != (byte)'.')
            {
                digits[count++] = digit;
            }
        }

        var point = (dot < 0 ? mantissa.Length : dot) + exponent - zeros;
        count = digits[..count].LastIndexOfAnyExcept((byte)'0') + 1;
        return count == 0 ? (0, 1) : (count, point);
    }

    private static int Fixed(ReadOnlySpan<byte> digits, int point, Span<byte> utf8)
    {
        var length = 0;
        if (point <= 0)
        {
            "0."u8.CopyTo(utf8);
            utf8.Slice(2, -point).Fill((byte)'0');
            length = 2 - point;
            digits.CopyTo(utf8[length..]);
            return length + digits.Length;
        }

        var whole = Math.Min(point, digits.Length);
        digits[..whole].CopyTo(utf8);
        utf8[whole..point].Fill((byte)'0');
        utf8[point] = (byte)'.';
        length = point + 1;
        var fraction = whole == digits.Length ? "0"u8 : digits[whole..];
        fraction.CopyTo(utf8[length..]);
        return length + fraction.Length;
    }

    private static int Scientific(ReadOnlySpan<byte> digits, int exponent, Span<byte> utf8)
    {
        var length = 0;
        utf8[length++] = digits[0];
        if (digits.Length > 1)
        {
            utf8[length++] = (byte)'.';
            digits[1..].CopyTo(utf8[length..]);
            length += digits.Length - 1;
        }

        utf8[length++] = (byte)'e';
        utf8[length++] = exponent < 0 ? (byte)'-' : (byte)'+';
        Math.Abs(exponent).TryFormat(utf8[length..], out var written, "00", CultureInfo.InvariantCulture);
        return length + written;
    }
}
