namespace Dashtam.Jobs.Core.Settings;

/// <summary>A setting that cannot be used: the process ends before it touches anything.</summary>
/// <param name="setting">The environment variable's name.</param>
/// <param name="problem">What is wrong with it and what is allowed; never a secret.</param>
public sealed class InvalidSettingException(string setting, string problem) : JobsException($"{setting}: {problem}.")
{
    /// <summary>The environment variable's name.</summary>
    public string Setting { get; } = setting;
}
