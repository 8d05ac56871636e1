using Dashtam.Jobs.Core.Execution;
using Dashtam.Jobs.Core.Wire;

namespace Dashtam.Jobs.Tests.Support;

/// <summary>Looks at what a job counted.</summary>
internal static class Summaries
{
    /// <summary>A run for handlers that a test calls itself.</summary>
    public static JobContext Run { get; } = new("id", "some_job", 1, 3, "worker", JobLabels.Empty);

    /// <summary>The details as <c>expiring 3, notified 2</c>.</summary>
    public static string Details(this JobSummary summary) =>
        string.Join(", ", summary.Details.Select(detail => $"{detail.Key} {detail.Value.GetRawText()}"));
}
