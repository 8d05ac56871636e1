using System.Text.Json;
using System.Text.Json.Serialization;
using Dashtam.Jobs.Core.Logging;

namespace Dashtam.Jobs.Core.Queue.DeadLetters;

/// <summary>Why a job ended as a dead letter, and what its producer is told.</summary>
/// <param name="Reason">Which kind of end.</param>
/// <param name="Detail">What happened, in words; never a payload.</param>
/// <param name="JobName">The job's name, for the counters; null when it is not known.</param>
/// <param name="TaskId">Its id; null when none could be read.</param>
/// <param name="Attempts">Runs that failed.</param>
/// <param name="Result">The error result to store; null without an id.</param>
internal sealed record DeadLetter(
    DeadLetterReason Reason, string Detail, string? JobName, string? TaskId, int Attempts, byte[]? Result)
{
    private const int LongestDetail = 2_000;

    /// <summary>The schedule whose overlap policy watches the job, where its delivery does not say so; null: none does.</summary>
    public string? WatchedBy { get; init; }

    /// <summary>Whether the message has the field <c>labels_types</c>, where its delivery does not say so.</summary>
    public bool HasLabelTypes { get; init; }

    /// <summary>The task id as a log line shows it.</summary>
    public string? ShortTaskId => TaskId is null ? null : Cut.Name(TaskId);

    /// <summary>Which counter it goes to.</summary>
    public string Counter => $"{JobName ?? "unknown"}:dead_lettered";

    /// <summary>One line of JSON, as it stands before the envelope in <see cref="QueueKeys.DeadEntries"/>.</summary>
    public byte[] ToInfo() => JsonSerializer.SerializeToUtf8Bytes(
        new DeadLetterInfo(
            Reason, Detail.Length > LongestDetail ? Detail[..LongestDetail] : Detail, JobName, TaskId, Attempts),
        DeadLetterJson.Default.DeadLetterInfo);
}

/// <summary>Which kind of end a dead letter had; in snake_case in Redis.</summary>
[JsonConverter(typeof(DeadLetterReasonConverter))]
internal enum DeadLetterReason
{
    /// <summary>It is no envelope.</summary>
    Malformed,

    /// <summary>It is larger than <c>JOBS_MAX_ENVELOPE_BYTES</c>.</summary>
    TooLarge,

    /// <summary>No worker knows the job, and there is no room left to park it.</summary>
    UnknownJob,

    /// <summary>Workers died each time that it ran, also when it ran alone.</summary>
    CrashLoop,

    /// <summary>It failed, and no attempt is left.</summary>
    Failed,
}

/// <summary>What Redis keeps of a dead letter beside its envelope; the time is the index's score.</summary>
internal sealed record DeadLetterInfo(
    DeadLetterReason Reason, string Detail, string? Job, string? TaskId, int Attempts);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, UseStringEnumConverter = false)]
[JsonSerializable(typeof(DeadLetterInfo))]
internal sealed partial class DeadLetterJson : JsonSerializerContext;

/// <summary>Writes <see cref="DeadLetterReason"/> in snake_case.</summary>
internal sealed class DeadLetterReasonConverter()
    : JsonStringEnumConverter<DeadLetterReason>(JsonNamingPolicy.SnakeCaseLower);
