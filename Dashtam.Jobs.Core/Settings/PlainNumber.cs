using System.Text.RegularExpressions;

namespace Dashtam.Jobs.Core.Settings;

/// <summary>How a number is written in a setting: ASCII digits, a minus sign, for some a decimal point; nothing else.</summary>
internal static partial class PlainNumber
{
    /// <summary>Whether a text is written so.</summary>
    public static bool Is(string text, bool mayHaveFraction) => (mayHaveFraction ? Fraction() : Whole()).IsMatch(text);

    [GeneratedRegex(@"\A-?[0-9]{1,40}\z", RegexOptions.None, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex Whole();

    [GeneratedRegex(@"\A-?[0-9]{1,40}(\.[0-9]{1,40})?\z", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex Fraction();
}
