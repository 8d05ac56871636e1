namespace Dashtam.Jobs.Core.Logging;

/// <summary>The levels of <c>LOG_LEVEL</c>, and of the <c>level</c> field: dashtam-api's words.</summary>
internal enum LogVerbosity
{
    Debug,
    Info,
    Warning,
    Error,
    Critical,
}
