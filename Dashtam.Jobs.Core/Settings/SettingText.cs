using System.Globalization;
using System.Text;

namespace Dashtam.Jobs.Core.Settings;

/// <summary>How a value stands in an error or a line of the log.</summary>
internal static class SettingText
{
    /// <summary>What stands for a value that is not shown.</summary>
    public const string Masked = "***";

    private const int Longest = 200;

    // What is written into the wrong variable is secret all the same.
    private static readonly string[] SignsOfSecrets = ["@", "://", "password", "pwd", "secret"];

    /// <summary>The value, or a mask when it may hold a secret; without what would act on a terminal.</summary>
    public static string Shown(string text)
    {
        if (Array.Exists(SignsOfSecrets, sign => text.Contains(sign, StringComparison.OrdinalIgnoreCase)))
        {
            return Masked;
        }

        var shown = new StringBuilder();
        foreach (var character in text.Length > Longest ? text.AsSpan(0, Longest) : text)
        {
            _ = char.IsControl(character) || char.GetUnicodeCategory(character) == UnicodeCategory.Format
                ? shown.Append(CultureInfo.InvariantCulture, $"\\u{(int)character:x4}")
                : shown.Append(character);
        }

        return text.Length > Longest ? $"{shown}..." : shown.ToString();
    }
}
