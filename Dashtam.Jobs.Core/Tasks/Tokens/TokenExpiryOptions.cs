using System.ComponentModel.DataAnnotations;
using Dashtam.Jobs.Core.Settings;

namespace Dashtam.Jobs.Core.Tasks.Tokens;

/// <summary>When a provider token counts as expiring.</summary>
internal sealed class TokenExpiryOptions
{
    /// <summary>Hours before its expiry from which a token is announced; 1 to 720, default 24.</summary>
    [Setting("TOKEN_EXPIRY_THRESHOLD_HOURS"), Range(1, 720)]
    public int ThresholdHours { get; set; } = 24;

    public TimeSpan Threshold => TimeSpan.FromHours(ThresholdHours);
}
