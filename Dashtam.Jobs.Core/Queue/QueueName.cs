using System.ComponentModel.DataAnnotations;
using Dashtam.Jobs.Core.Settings;

namespace Dashtam.Jobs.Core.Queue;

/// <summary>What a queue may be called: its name is the key of its ready list, and stands in braces in its other keys.</summary>
internal static class QueueName
{
    /// <summary>What is allowed, in words.</summary>
    public const string Rule = "1 to 200 characters without braces" + KeyNameAttribute.Rule;

    /// <summary>As a regular expression. Braces would move the key to another Cluster slot than the queue's other keys.</summary>
    public const string Pattern = "[^{}]{1,200}";

    private static readonly ValidationAttribute[] Rules = [new KeyNameAttribute(), new RegularExpressionAttribute(Pattern)];

    /// <summary>Whether a queue may have this name.</summary>
    public static bool IsAllowed(string name) => name.Length > 0 && Array.TrueForAll(Rules, rule => rule.IsValid(name));

    /// <summary>The name as it is.</summary>
    /// <exception cref="ArgumentException">No queue may have it.</exception>
    public static string Checked(string name) => IsAllowed(name)
        ? name
        : throw new ArgumentException($"No queue may be called '{SettingText.Shown(name)}'; allowed is {Rule}.", nameof(name));
}
