using System.ComponentModel.DataAnnotations;
using Dashtam.Jobs.Core.Settings;

namespace Dashtam.Jobs.Core.Tasks.Sessions;

/// <summary>When a session counts as expiring.</summary>
internal sealed class SessionExpiryOptions
{
    /// <summary>Minutes before its expiry from which a session is announced; 1 to 1440, default 15.</summary>
    [Setting("SESSION_EXPIRY_THRESHOLD_MINUTES"), Range(1, 1440)]
    public int ThresholdMinutes { get; set; } = 15;

    public TimeSpan Threshold => TimeSpan.FromMinutes(ThresholdMinutes);
}
