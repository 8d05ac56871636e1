using Microsoft.Extensions.Options;

namespace Dashtam.Jobs.Core.Execution.Retries;

/// <summary>How long to wait before the next attempt.</summary>
/// <remarks>
/// Full jitter: anything between nothing and the exponential cap, so that jobs that failed together do not come back
/// together (M. Brooker, "Exponential Backoff And Jitter", AWS Architecture Blog, 2015).
/// </remarks>
internal sealed class Backoff(IOptions<RetryOptions> options, Random random)
{
    /// <param name="failedAttempts">Attempts that failed so far; 1 or more.</param>
    public TimeSpan Next(int failedAttempts)
    {
        var cap = Math.Min(options.Value.MaxSeconds, options.Value.BaseSeconds * Math.Pow(2, failedAttempts - 1));
        return TimeSpan.FromSeconds(cap * random.NextDouble());
    }
}
