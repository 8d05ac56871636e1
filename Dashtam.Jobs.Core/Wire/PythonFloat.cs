using System.Globalization;

namespace Dashtam.Jobs.Core.Wire;

/// <summary>Floats as Python's <c>repr</c> writes them: <c>0.0</c>, <c>1e-07</c>, <c>1e+16</c>.</summary>
internal static class PythonFloat
{
    /// <summary>The shortest text that reads back to the same finite number.</summary>
    public static string Repr(double value)
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
