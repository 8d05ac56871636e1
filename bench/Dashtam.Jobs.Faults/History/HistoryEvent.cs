using System.Text.Json;
using System.Text.Json.Serialization;

namespace Dashtam.Jobs.Faults.History;

/// <summary>One line of the history.</summary>
/// <param name="AtMs">When, by this machine's clock, in Unix milliseconds.</param>
/// <param name="Kind">What.</param>
internal sealed record HistoryEvent(long AtMs, HistoryKind Kind)
{
    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower) },
    };

    /// <summary>The process it is about: <c>worker-1</c>, <c>scheduler-2</c>, <c>producer</c>, <c>redis</c>.</summary>
    public string? Process { get; init; }

    public string? TaskId { get; init; }

    public string? Job { get; init; }

    /// <summary>A worker's name in the queue, one per incarnation.</summary>
    public string? Worker { get; init; }

    public int? Attempt { get; init; }

    public string? Schedule { get; init; }

    /// <summary>A cron instant in Unix seconds.</summary>
    public long? Instant { get; init; }

    /// <summary>A fence token.</summary>
    public long? Fence { get; init; }

    /// <summary>An effect's name.</summary>
    public string? Effect { get; init; }

    /// <summary>Whether the effect was accepted.</summary>
    public bool? Accepted { get; init; }

    /// <summary>The how-manyeth offer under the effect's name this was.</summary>
    public long? Order { get; init; }

    /// <summary>Until when a fault disturbs its target, in Unix milliseconds.</summary>
    public long? UntilMs { get; init; }

    /// <summary>For a fault its kind; else whatever a reader wants to know.</summary>
    public string? Detail { get; init; }

    /// <summary>The line in the file.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, Json);
}
