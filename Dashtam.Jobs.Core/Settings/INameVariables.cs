namespace Dashtam.Jobs.Core.Settings;

/// <summary>An attribute of a class that names environment variables which are read without an options class.</summary>
internal interface INameVariables
{
    IEnumerable<string> Variables { get; }
}
