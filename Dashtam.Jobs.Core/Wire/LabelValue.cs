using System.Globalization;
using System.Text;

namespace Dashtam.Jobs.Core.Wire;

/// <summary>Reads one label: leniently where the service needs it, by its type where a result shows it.</summary>
internal static class LabelValue
{
    // TaskIQ's numbers for the types; text (3), bytes (6, base64) and any (1) stay the text that they are.
    public static readonly byte[] TypeInteger = "2"u8.ToArray();
    private static readonly byte[] TypeFloat = "4"u8.ToArray();
    private static readonly byte[] TypeBoolean = "5"u8.ToArray();

    public static string? Text(ReadOnlySpan<byte> value) => value[0] switch
    {
        (byte)'{' or (byte)'[' or (byte)'n' => null,
        (byte)'"' => JsonText.Decode(value[1..^1]),
        _ => Encoding.ASCII.GetString(value),
    };

    public static bool? Boolean(string? text)
    {
        if (bool.TryParse(text, out var value))
        {
            return value;
        }

        return Integer(text) switch
        {
            1 => true,
            0 => false,
            _ => null,
        };
    }

    /// <summary>A whole number, <c>3</c> or <c>3.0</c>; clamped to the range of <c>long</c>; else null.</summary>
    public static long? Integer(string? text)
    {
        if (long.TryParse(text, NumberStyles.Integer, CultureInfo.InvariantCulture, out var integer))
        {
            return integer;
        }

        // The conversion saturates.
        return Number(text) is { } number && double.IsInteger(number) ? (long)number : null;
    }

    /// <summary>Seconds, whole or not, from 0 to a limit; else null.</summary>
    public static TimeSpan? Seconds(string? text, TimeSpan limit) =>
        Number(text) is { } seconds && seconds >= 0 && seconds <= limit.TotalSeconds
            ? TimeSpan.FromSeconds(seconds)
            : null;

    /// <summary>
    /// Writes a label as TaskIQ's worker would see it: text becomes what its type says, anything native stays. Text
    /// that doesn't fit its type, at which TaskIQ drops the message, stays text. Infinities and NaN become null,
    /// since JSON has none and a result's readers accept null there.
    /// </summary>
    public static void WriteParsedBack(PythonJsonWriter writer, ReadOnlySpan<byte> value, ReadOnlySpan<byte> type)
    {
        if (value[0] != (byte)'"')
        {
            writer.Json(value);
        }
        else if (type.SequenceEqual(TypeInteger) && Digits(JsonText.Decode(value[1..^1])) is { } digits)
        {
            writer.Number(digits);
        }
        else if (type.SequenceEqual(TypeFloat) && PythonNumber(JsonText.Decode(value[1..^1])) is { } number)
        {
            writer.Float(number);
        }
        else if (type.SequenceEqual(TypeBoolean))
        {
            var text = JsonText.Decode(value[1..^1]);
            writer.Boolean(text.Equals("true", StringComparison.OrdinalIgnoreCase));
        }
        else
        {
            writer.EscapedText(value[1..^1]);
        }
    }

    private static double? Number(string? text) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
        && double.IsFinite(number) ? number : null;

    /// <summary>An integer of any size, without plus or leading zeros; null when the text is none.</summary>
    private static byte[]? Digits(string text)
    {
        var trimmed = text.AsSpan().Trim();
        var negative = trimmed is ['-', ..];
        var digits = trimmed is ['-' or '+', ..] ? trimmed[1..] : trimmed;
        if (digits.IsEmpty || digits.ContainsAnyExceptInRange('0', '9'))
        {
            return null;
        }

        var significant = digits.TrimStart('0');
        return Encoding.ASCII.GetBytes(significant.IsEmpty ? "0" : $"{(negative ? "-" : "")}{significant}");
    }

    private static double? PythonNumber(string text) => text.Trim().TrimStart('+', '-').ToUpperInvariant() switch
    {
        "INF" or "INFINITY" => double.PositiveInfinity,
        "NAN" => double.NaN,
        _ => Number(text),
    };
}
