namespace Dashtam.Jobs.Core.Execution;

/// <summary>stub</summary>
public sealed class JobCatalog
{
}
