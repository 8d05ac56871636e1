using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Text;

namespace Dashtam.Jobs.Core.Settings;

/// <summary>
/// The one rule for texts that become keys of Redis: every program must spell them alike, so nothing is allowed that a shell, a
/// file or an editor adds unseen. Nothing is trimmed either: two programs would have to trim alike.
/// </summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class KeyNameAttribute : ValidationAttribute
{
    /// <summary>What is allowed, in words, after how long the text may be.</summary>
    public const string Rule = ", none of them invisible, without blanks or quotes at its ends";

    // U+FFFD is what bytes that are no UTF-8 become: two names would be one.
    private const int Replacement = 0xfffd;

    private static readonly UnicodeCategory[] Invisible =
    [
        UnicodeCategory.Control, UnicodeCategory.Format, UnicodeCategory.LineSeparator, UnicodeCategory.ParagraphSeparator,
    ];

    /// <inheritdoc/>
    public override bool IsValid(object? value) => value switch
    {
        null or "" => true, // whether it must be there is said elsewhere
        string text => !IsEnd(text[0]) && !IsEnd(text[^1]) && text.EnumerateRunes().All(IsVisible),
        _ => false,
    };

    /// <inheritdoc/>
    public override string FormatErrorMessage(string name) => $"{name} allows text{Rule}.";

    private static bool IsEnd(char character) => char.IsWhiteSpace(character) || character is '"' or '\'' or '`';

    private static bool IsVisible(Rune rune) =>
        rune.Value != Replacement && !Invisible.Contains(Rune.GetUnicodeCategory(rune));
}
