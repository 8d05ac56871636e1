using System.Text.Json;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Dashtam.Jobs.Core.Hosting;

/// <summary>A health report as its readers get it.</summary>
internal static class HealthJson
{
    /// <returns><c>{"status": "healthy", "checks": {"name": "what it said"}}</c>.</returns>
    public static string Write(HealthReport report) => JsonSerializer.Serialize(new
    {
        status = report.Status.ToString().ToLowerInvariant(),
        checks = report.Entries.ToDictionary(
            entry => entry.Key, entry => entry.Value.Description ?? entry.Value.Status.ToString(), StringComparer.Ordinal),
    });
}
