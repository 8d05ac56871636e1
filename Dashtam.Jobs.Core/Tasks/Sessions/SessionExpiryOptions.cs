using System.ComponentModel.DataAnnotations;
using Dashtam.Jobs.Core.Settings;

namespace Dashtam.Jobs.Core.Tasks.Sessions;

/// <summary>When a session counts as expiring.</summary>
internal sealed class SessionExpiryOptions
{
    /// <summary>How long before its expiry a session is announced.</summary>
    [Setting("SESSION_EXPIRY_THRESHOLD_MINUTES"), Range(1, 1440)]
    public int ThresholdMinutes { get; set; } = 15;

    public TimeSpan Threshold => TimeSpan.FromMinutes(ThresholdMinutes);
}
