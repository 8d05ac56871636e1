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
            return Encoding.ASCII.GetBytes(Rearranged(value), utf8);
        }

        // Where neither has an exponent they differ only in what is whole.
        if (!text.Contains((byte)'.'))
        {
            ".0"u8.CopyTo(utf8[length..]);
            length += 2;
        }

        return length;
    }

    private static string Rearranged(double value)
    {
        var (digits, point) = Digits(Math.Abs(value).ToString("R", CultureInfo.InvariantCulture));
        var sign = double.IsNegative(value) ? "-" : "";
        return sign + (point is > -4 and <= 16 ? Fixed(digits, point) : Scientific(digits, point - 1));
    }

    /// <summary>Significant digits, and where the decimal point stands before the first of them.</summary>
    private static (string Digits, int Point) Digits(string text)
    {
        var parts = text.Split('E');
        var exponent = parts.Length == 2 ? int.Parse(parts[1], CultureInfo.InvariantCulture) : 0;
        var dot = parts[0].IndexOf('.', StringComparison.Ordinal);
        var all = parts[0].Replace(".", "", StringComparison.Ordinal);
        var digits = all.TrimStart('0');
        var point = (dot < 0 ? all.Length : dot) + exponent - (all.Length - digits.Length);
        digits = digits.TrimEnd('0');
        return digits.Length == 0 ? ("0", 1) : (digits, point);
    }

    private static string Fixed(string digits, int point)
    {
        if (point <= 0)
        {
            return $"0.{new string('0', -point)}{digits}";
        }

        return digits.Length <= point ? $"{digits.PadRight(point, '0')}.0" : $"{digits[..point]}.{digits[point..]}";
    }

    private static string Scientific(string digits, int exponent)
    {
        var mantissa = digits.Length == 1 ? digits : $"{digits[..1]}.{digits[1..]}";
        var sign = exponent < 0 ? '-' : '+';
        return string.Create(CultureInfo.InvariantCulture, $"{mantissa}e{sign}{Math.Abs(exponent):00}");
    }
}
