using Dashtam.Jobs.Core.Settings;

namespace Dashtam.Jobs.Core.Logging;

/// <summary>How much is logged.</summary>
internal sealed class LoggingOptions
{
    /// <summary>The lowest level that is logged.</summary>
    [Setting("LOG_LEVEL", ReadBy = SettingReaders.Both)]
    public LogVerbosity Level { get; set; } = LogVerbosity.Info;
}
