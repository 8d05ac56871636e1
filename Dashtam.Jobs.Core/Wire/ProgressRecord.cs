namespace Dashtam.Jobs.Core.Wire;

/// <summary>TaskIQ's record of a job's progress: a state, and whatever the job adds.</summary>
internal static class ProgressRecord
{
    /// <summary>The bytes for Redis, as TaskIQ's <c>JSONSerializer</c> formats them.</summary>
    /// <param name="state">Any text.</param>
    /// <param name="meta">JSON; null: null.</param>
    public static byte[] ToUtf8(string state, ReadOnlySpan<byte> meta)
    {
        var writer = new PythonJsonWriter();
        writer.BeginObject();
        writer.Name("state");
        writer.Text(state);
        writer.Name("meta");
        if (meta.IsEmpty)
        {
            writer.Null();
        }
        else
        {
            writer.Json(meta);
        }

        writer.EndObject();
        return writer.ToArray();
    }

    /// <summary>What was added, as JSON; null: nothing, or this is no such record.</summary>
    public static byte[]? Meta(ReadOnlyMemory<byte> record)
    {
        var fields = new List<RawField>();
        var meta = RawJson.TryFields(record, fields, out _) ? fields.Find(field => field.IsNamed("meta")).RawValue : default;
        return meta.IsEmpty || meta.Span.SequenceEqual("null"u8) ? null : meta.ToArray();
    }
}
