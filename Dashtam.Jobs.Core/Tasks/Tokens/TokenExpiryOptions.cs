using System.ComponentModel.DataAnnotations;
using Dashtam.Jobs.Core.Settings;

namespace Dashtam.Jobs.Core.Tasks.Tokens;

/// <summary>When a provider token counts as expiring.</summary>
internal sealed class TokenExpiryOptions
{
    /// <summary>How long before its expiry a token is announced.</summary>
    [Setting("TOKEN_EXPIRY_THRESHOLD_HOURS"), Range(1, 720)]
    public int ThresholdHours { get; set; } = 24;

    public TimeSpan Threshold => TimeSpan.FromHours(ThresholdHours);
}
