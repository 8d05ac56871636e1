using Dashtam.Jobs.Core.Settings;

namespace Dashtam.Jobs.Core.Logging;

/// <summary>How much is logged.</summary>
internal sealed class LoggingOptions
{
    /// <summary>The lowest level that is written; INFO unless set, upper or lower case.</summary>
    [Setting("LOG_LEVEL")]
    public LogVerbosity Level { get; set; } = LogVerbosity.Info;
}
