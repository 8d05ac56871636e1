using System.Globalization;
using System.Text;

namespace Dashtam.Jobs.Core.Logging;

/// <summary>Keeps a text of unknown length from filling a log.</summary>
internal static class Cut
{
    private const int LongestName = 200;

    /// <summary>A name or an id of somebody's making, which may be megabytes long.</summary>
    public static string Name(string text) => To(text, LongestName);

    /// <summary>The text, or its beginning and how many bytes of UTF-8 are missing.</summary>
    /// <param name="text">Whatever was logged.</param>
    /// <param name="longest">How many characters are kept at most.</param>
    public static string To(string text, int longest)
    {
        if (text.Length <= longest)
        {
            return text;
        }

        var kept = char.IsHighSurrogate(text[longest - 1]) ? longest - 1 : longest;
        return string.Create(
            CultureInfo.InvariantCulture, $"{text.AsSpan(0, kept)}… ({Encoding.UTF8.GetByteCount(text.AsSpan(kept))} more bytes)");
    }
}
