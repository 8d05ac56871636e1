using System.Globalization;
using System.Text;

namespace Dashtam.Jobs.Core.Logging;

/// <summary>
/// Other people's text on a terminal: names and ids come from messages, and a control character in one could move the cursor,
/// forge a line or turn the rest of it round.
/// </summary>
internal static class Printable
{
    /// <summary>The text with an escape, such as <c>\n</c> or <c>\u001b</c>, for each character that a terminal obeys.</summary>
    public static string Of(string text)
    {
        var first = FirstUnprintable(text, 0);
        if (first < 0)
        {
            return text;
        }

        var result = new StringBuilder(text.Length + 16);
        var from = 0;
        for (; first >= 0; first = FirstUnprintable(text, from))
        {
            result.Append(text, from, first - from).Append(Escape(text[first]));
            from = first + 1;
        }

        return result.Append(text, from, text.Length - from).ToString();
    }

    private static int FirstUnprintable(string text, int from)
    {
        for (var index = from; index < text.Length; index++)
        {
            if (char.IsSurrogate(text[index]))
            {
                if (index + 1 < text.Length && char.IsSurrogatePair(text[index], text[index + 1]))
                {
                    index++;
                    continue;
                }

                return index;
            }

            if (IsObeyed(text[index]))
            {
                return index;
            }
        }

        return -1;
    }

    // Control characters, line and paragraph separators, and the marks that change the direction of writing.
    private static bool IsObeyed(char character) => char.IsControl(character)
        || character is '\u2028' or '\u2029' or '\u061C' or '\u200E' or '\u200F'
            or (>= '\u202A' and <= '\u202E') or (>= '\u2066' and <= '\u2069') or '\uFEFF';

    private static string Escape(char character) => character switch
    {
        '\n' => "\\n",
        '\r' => "\\r",
        '\t' => "\\t",
        _ => string.Create(CultureInfo.InvariantCulture, $"\\u{(int)character:x4}"),
    };
}
