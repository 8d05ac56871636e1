using System.Globalization;
using System.Text;

namespace Dashtam.Jobs.Core.Logging;

/// <summary>Keeps a text of unknown length from filling a log.</summary>
internal static class Cut
{
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
