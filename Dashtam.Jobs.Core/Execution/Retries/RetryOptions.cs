using System.ComponentModel.DataAnnotations;
using Dashtam.Jobs.Core.Settings;

namespace Dashtam.Jobs.Core.Execution;

/// <summary>The pause before the next attempt of a job that failed: exponential, with full jitter.</summary>
internal sealed class RetryOptions
{
    /// <summary>Seconds that the pause before the second attempt is at most; it doubles with each attempt. Default 2.</summary>
    [Setting("JOBS_RETRY_BASE_SECONDS"), Display(Name = "JOBS_RETRY_BASE_SECONDS"), Range(0.01, 3_600)]
    public double BaseSeconds { get; set; } = 2;

    /// <summary>Seconds that a pause is never longer than. Default 300.</summary>
    [Setting("JOBS_RETRY_MAX_SECONDS"), Display(Name = "JOBS_RETRY_MAX_SECONDS"), Range(0.01, 86_400)]
    public double MaxSeconds { get; set; } = 300;
}
