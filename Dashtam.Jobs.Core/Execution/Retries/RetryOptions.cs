using System.ComponentModel.DataAnnotations;
using Dashtam.Jobs.Core.Settings;

namespace Dashtam.Jobs.Core.Execution.Retries;

/// <summary>The pause before the next attempt of a job that failed: exponential, with full jitter.</summary>
internal sealed class RetryOptions
{
    /// <summary>The pause before the second attempt is at most this; it doubles with each attempt, full jitter.</summary>
    [Setting("JOBS_RETRY_BASE_SECONDS"), Display(Name = "JOBS_RETRY_BASE_SECONDS"), Range(0.01, 3_600)]
    public double BaseSeconds { get; set; } = 2;

    /// <summary>A pause is never longer.</summary>
    [Setting("JOBS_RETRY_MAX_SECONDS"), Display(Name = "JOBS_RETRY_MAX_SECONDS"), Range(0.01, 86_400)]
    public double MaxSeconds { get; set; } = 300;

    /// <summary>Attempts that a job has at most, whatever its label <c>max_retries</c> asks for.</summary>
    [Setting("JOBS_MAX_ATTEMPTS"), Display(Name = "JOBS_MAX_ATTEMPTS"), Range(1, 1_000_000)]
    public int MaxAttempts { get; set; } = 100;

    /// <summary>The pause before the sixth attempt and each later one is at least this, whatever the label <c>delay</c> asks for.</summary>
    [Setting("JOBS_RETRY_FLOOR_SECONDS"), Display(Name = "JOBS_RETRY_FLOOR_SECONDS"), Range(0.0, 3_600.0)]
    public double FloorSeconds { get; set; } = 1;
}
