using System.Text.Json;

namespace Dashtam.Jobs.Core.Wire;

/// <summary>How a job ended, as its producer reads it: what <see cref="JobResult"/> wrote, or a worker of the Python service.</summary>
public sealed record JobReply
{
    // As deep as an envelope may be, and the result around it.
    private static readonly JsonDocumentOptions Deep = new() { MaxDepth = RawJson.MaxDepth + 8 };

    private JobReply(JsonElement returnValue, JobError? error, TimeSpan executionTime)
    {
        ReturnValue = returnValue;
        Error = error;
        ExecutionTime = executionTime;
    }

    /// <summary>Whether the job returned.</summary>
    public bool IsSuccess => Error is null;

    /// <summary>
    /// What the job returned: of this service's jobs an object with <c>checked</c>, <c>processed</c>, <c>errors</c> and the job's own
    /// numbers. JSON's null after a failure.
    /// </summary>
    public JsonElement ReturnValue { get; }

    /// <summary>Why the job failed for good; null after a success.</summary>
    public JobError? Error { get; }

    /// <summary>How long the last run took.</summary>
    public TimeSpan ExecutionTime { get; }

    /// <summary>Reads a result.</summary>
    /// <exception cref="JsonException">It is none.</exception>
    internal static JobReply Parse(ReadOnlySpan<byte> json)
    {
        var root = JsonElement.Parse(BareWords.ToNull(json), Deep);
        if (root.ValueKind != JsonValueKind.Object || !root.TryGetProperty("is_err", out var isError)
            || isError.ValueKind is not (JsonValueKind.True or JsonValueKind.False))
        {
            throw new JsonException("it is no object with 'is_err'");
        }

        var error = isError.GetBoolean() ? JobError.Read(Property(root, "error")) ?? new JobError("Exception", [], "builtins") : null;
        var seconds = Property(root, "execution_time") is { ValueKind: JsonValueKind.Number } time ? time.GetDouble() : 0;
        return new JobReply(Property(root, "return_value"), error, Duration(seconds));
    }

    private static JsonElement Property(JsonElement root, string name) =>
        root.TryGetProperty(name, out var value) ? value : Null;

    private static JsonElement Null { get; } = JsonElement.Parse("null"u8);

    private static TimeSpan Duration(double seconds) =>
        seconds is > 0 and < 1e9 ? TimeSpan.FromSeconds(seconds) : TimeSpan.Zero;
}
