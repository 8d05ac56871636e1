namespace Dashtam.Jobs.Core.Wire;

/// <summary>stub</summary>
public sealed record JobEnvelope
{
    /// <summary>Which job this is, for as long as it lives; any text.</summary>
    public required string TaskId { get; init; }

    /// <summary>The job's name as the producer wrote it, short or <c>module:function</c>.</summary>
    public required string TaskName { get; init; }

    /// <summary>Labels.</summary>
    public JobLabels Labels { get; init; } = JobLabels.Empty;

    /// <summary>Arguments.</summary>
    public JobArguments Arguments { get; init; } = JobArguments.None;

    /// <summary>A new id: 32 lower-case hex digits, as TaskIQ makes them.</summary>
    public static string NewTaskId() => Guid.NewGuid().ToString("N");

    /// <summary>The bytes for Redis.</summary>
    public byte[] ToUtf8() => throw new NotSupportedException("stub");

    /// <summary>Reads an envelope; false, with the reason, when TaskIQ could not read it either.</summary>
    public static bool TryParse(ReadOnlyMemory<byte> utf8, out JobEnvelope envelope, out string problem) =>
        throw new NotSupportedException("stub");
}
