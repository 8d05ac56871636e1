namespace Dashtam.Jobs.Core.Execution;

/// <summary>A job that is not offered, with a line in the log, unless these environment variables are set.</summary>
/// <param name="names">The variables' names.</param>
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
public sealed class RequiresSettingsAttribute(params string[] names) : Attribute
{
    /// <summary>The variables' names.</summary>
    public IReadOnlyList<string> Names { get; } = names;
}
