using System.ComponentModel.DataAnnotations;
using System.Text;
using Dashtam.Jobs.Core.Settings;
using Microsoft.Extensions.Options;

namespace Dashtam.Jobs.Core.Infrastructure.DashtamApi;

/// <summary>Where dashtam-api is and how it is called. Jobs that need it are not offered unless URL and key are set.</summary>
internal sealed class DashtamApiOptions
{
    /// <summary>dashtam-api; without it <c>sync_accounts</c> is not offered.</summary>
    [Setting("DASHTAM_API_URL", Allowed = "an absolute URL, http or https, without user, query and fragment")]
    public Uri? Url { get; set; }

    /// <summary>dashtam-api's <c>SECRET_KEY</c>: signs the short-lived access tokens of connections' owners.</summary>
    [Setting("DASHTAM_API_SECRET_KEY", Secret = true, Allowed = "at least 32 bytes")]
    public string? SecretKey { get; set; }

    /// <summary>How long one call of dashtam-api may take.</summary>
    [Setting("DASHTAM_API_TRY_SECONDS"), Display(Name = "DASHTAM_API_TRY_SECONDS"), Range(1, 240)]
    public int TrySeconds { get; set; } = 60;

    /// <summary>How long a call may take with its retries.</summary>
    [Setting("DASHTAM_API_TIMEOUT_SECONDS"), Display(Name = "DASHTAM_API_TIMEOUT_SECONDS"), Range(1, 240)]
    public int TimeoutSeconds { get; set; } = 180;

    /// <summary>
    /// Tries after the first, on 5xx, 408, a time-out, no connection, or a 429 that is not dashtam-api's "recently synced".
    /// </summary>
    [Setting("DASHTAM_API_RETRIES"), Display(Name = "DASHTAM_API_RETRIES"), Range(0, 10)]
    public int Retries { get; set; } = 2;

    /// <summary>
    /// The pause before the first retry; the pause doubles, with jitter. <c>Retry-After</c> goes before it; a pause that does not fit
    /// into what is left of the call ends the call at once.
    /// </summary>
    [Setting("DASHTAM_API_RETRY_DELAY_MS"), Display(Name = "DASHTAM_API_RETRY_DELAY_MS"), Range(1, 60_000)]
    public int RetryDelayMilliseconds { get; set; } = 1_000;

    /// <summary>Calls of dashtam-api at once, in one run of <c>sync_accounts</c>.</summary>
    [Setting("SYNC_ACCOUNTS_CONCURRENCY"), Display(Name = "SYNC_ACCOUNTS_CONCURRENCY"), Range(1, 64)]
    public int SyncConcurrency { get; set; } = 4;
}

/// <summary>Refuses to start with a URL that is not one of HTTP, or a key that HS256 cannot use.</summary>
internal sealed class DashtamApiOptionsValidator : IValidateOptions<DashtamApiOptions>
{
    private const int MinKeyBytes = 32;

    public ValidateOptionsResult Validate(string? name, DashtamApiOptions options)
    {
        var failures = new List<string>();
        if (options.Url is { } url && !IsUsable(url))
        {
            // Not shown: it may hold a password.
            failures.Add("DASHTAM_API_URL: must be an absolute http or https URL without user, query and fragment.");
        }

        if (options.SecretKey is { Length: > 0 } key && Encoding.UTF8.GetByteCount(key) < MinKeyBytes)
        {
            failures.Add($"DASHTAM_API_SECRET_KEY: is too short; HS256 needs at least {MinKeyBytes} bytes.");
        }

        return failures.Count > 0 ? ValidateOptionsResult.Fail(failures) : ValidateOptionsResult.Success;
    }

    private static bool IsUsable(Uri url) =>
        url.IsAbsoluteUri && url.Scheme is "http" or "https"
        && !url.OriginalString.Contains('@', StringComparison.Ordinal) // also behind a slash in a password
        && url.Query.Length == 0 && url.Fragment.Length == 0;
}
