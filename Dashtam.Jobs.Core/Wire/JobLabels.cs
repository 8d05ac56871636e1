namespace Dashtam.Jobs.Core.Wire;

/// <summary>stub</summary>
public sealed class JobLabels
{
    /// <summary>None.</summary>
    public static JobLabels Empty { get; } = new();

    /// <summary>The label <c>retry_on_error</c>, read leniently; null when it is absent or cannot be read.</summary>
    public bool? RetryOnError => throw new NotSupportedException("stub");

    /// <summary>The label <c>max_retries</c>: runs in all.</summary>
    public int? MaxRetries => throw new NotSupportedException("stub");

    /// <summary>The label <c>_retries</c>: attempts that failed so far, 0 when absent.</summary>
    public int FailedAttempts => throw new NotSupportedException("stub");

    /// <summary>The label <c>timeout</c>, in seconds on the wire.</summary>
    public TimeSpan? Timeout => throw new NotSupportedException("stub");

    /// <summary>The label <c>delay</c>: SmartRetry's pause before the next attempt, in seconds on the wire.</summary>
    public TimeSpan? Delay => throw new NotSupportedException("stub");

    /// <summary>A label's text, or null.</summary>
    public string? Text(string name) => throw new NotSupportedException("stub");

    /// <summary>The same labels with one text label set; labels from our own producers carry no type.</summary>
    public JobLabels With(string name, string value) => throw new NotSupportedException("stub");

    /// <summary>The same labels, all as they came, with <c>_retries</c> counted.</summary>
    public JobLabels WithFailedAttempts(int failedAttempts) => throw new NotSupportedException("stub");
}
