namespace Dashtam.Jobs.Core.Settings;

/// <summary>Binds an options property to an environment variable.</summary>
/// <param name="name">The variable's name; deployments use it, so it never changes.</param>
/// <remarks>
/// Range, default and meaning are the property's: the data annotations beside it, its initial value, and its summary, from which
/// <c>make docs-generate</c> writes the row of docs/reference/settings.md.
/// </remarks>
[AttributeUsage(AttributeTargets.Property)]
public sealed class SettingAttribute(string name) : Attribute
{
    /// <summary>The variable's name.</summary>
    public string Name { get; } = name;

    /// <summary>Whether the value must never be shown, in a log, a page or an error.</summary>
    public bool Secret { get; init; }

    /// <summary>Whether an empty variable is a value of its own; else it counts as not set.</summary>
    public bool EmptyIsValue { get; init; }

    /// <summary>What is allowed, in words, when the annotations do not say it.</summary>
    public string? Allowed { get; init; }

    /// <summary>Which programs read it; a job's settings are the worker's.</summary>
    public SettingReaders ReadBy { get; init; } = SettingReaders.Worker;

    /// <summary>What holds when it is not set, in words, when the property's initial value does not say it.</summary>
    public string? Default { get; init; }
}
