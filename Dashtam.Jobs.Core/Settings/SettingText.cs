using Dashtam.Jobs.Core.Logging;

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
        // A cron's shorthand, as @daily, is no address and no secret.
        var isShorthand = text is ['@', _, ..] && text.AsSpan(1).IndexOfAnyExceptInRange('a', 'z') < 0;
        return !isShorthand && Array.Exists(SignsOfSecrets, sign => text.Contains(sign, StringComparison.OrdinalIgnoreCase))
            ? Masked
            : Cut.To(Printable.Of(text), Longest);
    }
}
