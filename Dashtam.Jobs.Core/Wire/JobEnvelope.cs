using System.Collections.Immutable;

namespace Dashtam.Jobs.Core.Wire;

/// <summary>A job on the wire: TaskIQ's JSON message.</summary>
/// <remarks>
/// What was read is kept as it came and written back as it came: label values, arguments, and fields that are not
/// TaskIQ's. Formatting around them becomes that of TaskIQ's default.
/// </remarks>
public sealed record JobEnvelope
{
    /// <summary>Which job this is, for as long as it lives; any text with a UTF-8 form of at most 1,024 bytes, even an empty one.</summary>
    public required string TaskId { get; init; }

    /// <summary>The job's name as the producer wrote it, short or <c>module:function</c>.</summary>
    public required string TaskName { get; init; }

    /// <summary>What the producer says about the job besides its arguments.</summary>
    public JobLabels Labels { get; init; } = JobLabels.Empty;

    /// <summary>Arguments, not looked into before the job that takes them is known.</summary>
    public JobArguments Arguments { get; init; } = JobArguments.None;

    /// <summary>Fields that are not TaskIQ's: ignored, but not lost by a retry.</summary>
    internal ImmutableArray<RawField> UnknownFields { get; init; } = [];

    /// <summary>A new id: 32 lower-case hex digits, as TaskIQ makes them.</summary>
    public static string NewTaskId() => Guid.NewGuid().ToString("N");

    /// <summary>The bytes for Redis, formatted as TaskIQ's default does.</summary>
    public byte[] ToUtf8()
    {
        var writer = new PythonJsonWriter(ExpectedSize());
        writer.BeginObject();
        writer.Name(EnvelopeFields.TaskId);
        writer.Text(TaskId);
        writer.Name(EnvelopeFields.TaskName);
        writer.Text(TaskName);
        Labels.WriteFields(writer);
        writer.Name(EnvelopeFields.Args);
        writer.Raw(Arguments.Positional.Span);
        writer.Name(EnvelopeFields.Kwargs);
        writer.Raw(Arguments.Keywords.Span);
        foreach (var field in UnknownFields)
        {
            writer.RawName(field.RawName.Span);
            writer.Raw(field.RawValue.Span);
        }

        writer.EndObject();
        return writer.ToArray();
    }

    // Labels and unknown fields may take more than is left of this.
    private int ExpectedSize() =>
        256 + TaskId.Length + TaskName.Length + Arguments.Positional.Length + Arguments.Keywords.Length;

    /// <summary>Reads an envelope; false, with the reason, when it is not a message of TaskIQ. Never throws.</summary>
    /// <param name="utf8">Kept, not copied: arguments and labels are slices of it. Must not change afterwards.</param>
    /// <param name="envelope">The envelope; null when the result is false.</param>
    /// <param name="problem">What is wrong and where, without the payload; empty when the result is true.</param>
    public static bool TryParse(ReadOnlyMemory<byte> utf8, out JobEnvelope envelope, out string problem)
    {
        var parsed = EnvelopeReader.Read(utf8, out problem);
        envelope = parsed!; // The signature promises it only together with true.
        return parsed is not null;
    }
}
