namespace Dashtam.Jobs.Core.Wire;

/// <summary>How Python writes what may not stand in a JSON text as it is.</summary>
internal static class JsonEscape
{
    /// <summary>No escape is longer.</summary>
    public const int Longest = 6; // \uXXXX

    /// <summary>Writes the escape of one UTF-16 unit, and returns its length.</summary>
    public static int Write(char unit, Span<byte> utf8)
    {
        utf8[0] = (byte)'\\';
        utf8[1] = unit switch
        {
            '"' => (byte)'"',
            '\\' => (byte)'\\',
            '\n' => (byte)'n',
            '\r' => (byte)'r',
            '\t' => (byte)'t',
            '\b' => (byte)'b',
            '\f' => (byte)'f',
            _ => (byte)'u',
        };
        if (utf8[1] != (byte)'u')
        {
            return 2;
        }

        for (var (digit, rest) = (Longest - 1, (int)unit); digit > 1; digit--, rest >>= 4)
        {
            utf8[digit] = "0123456789abcdef"u8[rest & 0xF];
        }

        return Longest;
    }
}
