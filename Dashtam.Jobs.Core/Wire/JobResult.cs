using Dashtam.Jobs.Core.Execution;

namespace Dashtam.Jobs.Core.Wire;

/// <summary>stub</summary>
public sealed record JobResult
{
    /// <summary>A success.</summary>
    public static JobResult Success(JobSummary summary, TimeSpan executionTime, JobLabels labels) => throw new NotSupportedException("stub");

    /// <summary>A failure for good.</summary>
    public static JobResult Failure(JobError error, TimeSpan executionTime, JobLabels labels) => throw new NotSupportedException("stub");

    /// <summary>The bytes for Redis.</summary>
    public byte[] ToUtf8() => throw new NotSupportedException("stub");
}

/// <summary>An error in the shape that TaskIQ's client rebuilds.</summary>
public sealed record JobError(string Type, IReadOnlyList<string> Messages, string? Module, JobError? Cause = null)
{
    /// <summary>The run was cancelled at its timeout: Python's own <c>TimeoutError</c>.</summary>
    public static JobError Timeout(TimeSpan timeout) => throw new NotSupportedException("stub");

    /// <summary>From an exception: Python's own name where there is one, else the .NET type in its namespace.</summary>
    public static JobError From(Exception exception) => throw new NotSupportedException("stub");
}
