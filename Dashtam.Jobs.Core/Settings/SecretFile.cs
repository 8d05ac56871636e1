using System.Text;
using Microsoft.Extensions.Configuration;

namespace Dashtam.Jobs.Core.Settings;

/// <summary>A secret setting may stand in a file that <c>{setting}_FILE</c> names, as Docker and Kubernetes mount secrets.</summary>
internal static class SecretFile
{
    /// <summary>What is added to the setting's name.</summary>
    public const string Suffix = "_FILE";

    private const int Largest = 64 * 1_024;

    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Whether a setting has a value, in one form or the other.</summary>
    public static bool IsSet(string setting, IConfiguration configuration) =>
        !string.IsNullOrEmpty(configuration[setting]) || !string.IsNullOrEmpty(configuration[setting + Suffix]);

    /// <summary>The value in the variable, or the file's content without one line end; null: neither is set.</summary>
    /// <exception cref="InvalidSettingException">Both are set, or the file cannot be used.</exception>
    public static string? Read(string setting, IConfiguration configuration)
    {
        var text = configuration[setting];
        var path = configuration[setting + Suffix];
        if (string.IsNullOrEmpty(path))
        {
            return text;
        }

        return string.IsNullOrEmpty(text)
            ? Content(setting + Suffix, path)
            : throw new InvalidSettingException(setting, $"is set, and {setting}{Suffix} too; allowed is one of them");
    }

    private static string Content(string setting, string path)
    {
        try
        {
            using var file = File.OpenRead(path);
            var bytes = new byte[Largest + 1];
            var length = file.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
            var text = length > Largest ? "" : Utf8.GetString(bytes, 0, length);
            var end = text switch { [.., '\r', '\n'] => 2, [.., '\n'] => 1, _ => 0 };
            return text.Length > end
                ? text[..^end]
                : throw Invalid(setting, path, "is empty or larger than 64 KiB");
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            // The exception is not shown: what is no UTF-8 would stand in it.
            throw Invalid(setting, path, error is DecoderFallbackException ? "is no UTF-8" : "cannot be read");
        }
    }

    private static InvalidSettingException Invalid(string setting, string path, string problem) =>
        new(setting, $"the file '{SettingText.Shown(path)}' {problem}; allowed is a text file with the value in it");
}
