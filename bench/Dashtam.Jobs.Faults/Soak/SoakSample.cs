using System.Text.Json;

namespace Dashtam.Jobs.Faults.Soak;

/// <summary>What was measured at one moment, of one process or of Redis.</summary>
/// <param name="Seconds">Since the beginning.</param>
/// <param name="Subject">The process: <c>worker-1</c>, <c>redis</c>.</param>
/// <param name="Measure">What: <c>rss_bytes</c>, <c>handles</c>, <c>threads</c>, <c>memory_bytes</c>,
/// <c>keys</c>.</param>
/// <param name="Value">How much.</param>
internal sealed record SoakSample(double Seconds, string Subject, string Measure, double Value)
{
    private static readonly JsonSerializerOptions Json = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    /// <summary>The line in the file.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, Json);
}
