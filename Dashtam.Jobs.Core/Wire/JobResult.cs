using System.Runtime.InteropServices;
using System.Text.Json;
using Dashtam.Jobs.Core.Execution;

namespace Dashtam.Jobs.Core.Wire;

/// <summary>How a job ended, on the wire: TaskIQ's JSON result. Written once, when it is finished for good.</summary>
public sealed record JobResult
{
    private const string Checked = "checked";
    private const string Processed = "processed";
    private const string Errors = "errors";

    private readonly Action<PythonJsonWriter> _writeReturnValue;

    private JobResult(Action<PythonJsonWriter> writeReturnValue, JobError? error, TimeSpan executionTime, JobLabels labels)
    {
        _writeReturnValue = writeReturnValue;
        Error = error;
        ExecutionTime = executionTime;
        Labels = labels;
    }

    /// <summary>Why the job failed; null after a success.</summary>
    public JobError? Error { get; }

    /// <summary>How long the last run took; on the wire in seconds, rounded to hundredths.</summary>
    public TimeSpan ExecutionTime { get; }

    /// <summary>The message's labels; on the wire parsed back to their types.</summary>
    public JobLabels Labels { get; }

    /// <summary>A success: its <c>return_value</c> is checked, processed, errors, then the details in order.</summary>
    /// <remarks>Of several details with one name the last counts, in the place of the first.</remarks>
    public static JobResult Success(JobSummary summary, TimeSpan executionTime, JobLabels labels) =>
        new(writer => Write(writer, summary), null, executionTime, labels);

    /// <summary>A failure for good.</summary>
    public static JobResult Failure(JobError error, TimeSpan executionTime, JobLabels labels) =>
        new(writer => writer.Null(), error, executionTime, labels);

    /// <summary>The bytes for Redis, as TaskIQ's <c>JSONSerializer</c> formats them: ASCII only.</summary>
    public byte[] ToUtf8()
    {
        var writer = new PythonJsonWriter();
        writer.BeginObject();
        writer.Name("is_err");
        writer.Boolean(Error is not null);
        writer.Name("log");
        writer.Null();
        writer.Name("return_value");
        _writeReturnValue(writer);
        writer.Name("execution_time");
        writer.Float(Math.Round(Math.Max(0, ExecutionTime.TotalSeconds), 2));
        writer.Name("labels");
        Labels.WriteParsedBack(writer);
        writer.Name("error");
        JobError.Write(writer, Error);
        writer.EndObject();
        return writer.ToArray();
    }

    /// <summary>A success with any JSON as its value; for values that Python's jobs return.</summary>
    internal static JobResult FromJson(ReadOnlyMemory<byte> returnValue, TimeSpan executionTime, JobLabels labels) =>
        new(writer => writer.Json(returnValue.Span), null, executionTime, labels);

    private static void Write(PythonJsonWriter writer, JobSummary summary)
    {
        var details = summary.Details.AsSpan();
        writer.BeginObject();
        WriteCount(writer, Checked, summary.Checked, details);
        WriteCount(writer, Processed, summary.Processed, details);
        WriteCount(writer, Errors, summary.Errors, details);
        for (var i = 0; i < details.Length; i++)
        {
            var name = details[i].Key;
            if (name is not (Checked or Processed or Errors) && LastOf(details[..i], name) is null)
            {
                writer.Name(name);
                Write(writer, LastOf(details, name)!.Value); // This one, if no later one.
            }
        }

        writer.EndObject();
    }

    private static void WriteCount(
        PythonJsonWriter writer, string name, long count, ReadOnlySpan<KeyValuePair<string, JsonElement>> details)
    {
        writer.Name(name);
        if (LastOf(details, name) is { } detail)
        {
            Write(writer, detail);
        }
        else
        {
            writer.Integer(count);
        }
    }

    private static JsonElement? LastOf(ReadOnlySpan<KeyValuePair<string, JsonElement>> details, string name)
    {
        for (var i = details.Length - 1; i >= 0; i--)
        {
            if (details[i].Key == name)
            {
                return details[i].Value;
            }
        }

        return null;
    }

    private static void Write(PythonJsonWriter writer, JsonElement value)
    {
        // An element that was never set has no JSON; a job must not lose its result over it.
        if (value.ValueKind == JsonValueKind.Undefined)
        {
            writer.Null();
        }
        else
        {
            writer.Json(JsonMarshal.GetRawUtf8Value(value));
        }
    }
}
