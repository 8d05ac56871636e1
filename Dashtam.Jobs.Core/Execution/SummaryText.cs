using System.Globalization;

namespace Dashtam.Jobs.Core.Execution;

/// <summary>A summary in a line of the log: numbers, and nothing of a payload.</summary>
internal static class SummaryText
{
    public static string Of(JobSummary summary)
    {
        var counts = summary.Details
            .Where(detail => detail.Value.ValueKind == System.Text.Json.JsonValueKind.Number)
            .Select(detail => $"{detail.Key} {detail.Value.GetRawText()}");
        return string.Join(
            ", ",
            [
                string.Create(CultureInfo.InvariantCulture, $"checked {summary.Checked}"),
                string.Create(CultureInfo.InvariantCulture, $"processed {summary.Processed}"),
                string.Create(CultureInfo.InvariantCulture, $"errors {summary.Errors}"),
                .. counts,
            ]);
    }
}
