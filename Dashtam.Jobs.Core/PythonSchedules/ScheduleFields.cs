using Dashtam.Jobs.Core.Wire;

namespace Dashtam.Jobs.Core.PythonSchedules;

/// <summary>The fields of an entry; remembers the first thing that is wrong with one.</summary>
internal sealed class ScheduleFields(List<RawField> fields)
{
    /// <summary>What is wrong, without content; empty: nothing so far.</summary>
    public string Problem { get; private set; } = "";

    /// <summary>Whether a field is not there, or null.</summary>
    public bool IsNull(string field) => Find(field) is not { } value || value.Span.SequenceEqual("null"u8);

    /// <summary>A text that may be null or missing.</summary>
    public string? Text(string field) => IsNull(field) ? null : Required(field, "text") is { Length: > 1 } value
        ? JsonText.Decode(value.Span[1..^1])
        : null;

    /// <summary>A name, which ends up in keys and log lines: not empty, with a UTF-8 form, and short.</summary>
    public string Name(string field)
    {
        var name = Id(field);
        if (name.Length == 0)
        {
            Fail($"field '{field}' is empty");
        }

        return name;
    }

    /// <summary>The same, but may be empty, as TaskIQ lets a task id be.</summary>
    public string Id(string field)
    {
        if (Required(field, "text") is not { Length: > 1 } value)
        {
            return "";
        }

        var text = JsonText.Decode(value.Span[1..^1]);
        if (JsonText.HasLoneSurrogate(text))
        {
            Fail($"field '{field}' has a lone surrogate, which has no UTF-8 form");
        }
        else if (TaskIdLimit.IsExceededBy(text))
        {
            Fail($"field '{field}' is longer than {TaskIdLimit.Bytes:N0} bytes of UTF-8");
        }

        return text;
    }

    /// <summary>An array or object as it came; empty when there is none.</summary>
    public ReadOnlyMemory<byte> Container(string field, string kind) => Required(field, kind) ?? default;

    /// <summary>An array or object in the form in which TaskIQ's scheduler sends it, in bytes of its own.</summary>
    public ReadOnlyMemory<byte> Python(string field, string kind)
    {
        var value = Container(field, kind);
        var writer = new PythonJsonWriter(value.Length);
        if (!value.IsEmpty)
        {
            writer.Json(value.Span);
        }

        return writer.ToArray();
    }

    /// <summary>A field's bytes; null when it is missing.</summary>
    public ReadOnlyMemory<byte>? Find(string field)
    {
        foreach (var candidate in fields)
        {
            if (candidate.IsNamed(field))
            {
                return candidate.RawValue;
            }
        }

        return null;
    }

    public void Fail(string problem)
    {
        if (Problem.Length == 0)
        {
            Problem = problem;
        }
    }

    private ReadOnlyMemory<byte>? Required(string field, string kind)
    {
        if (Find(field) is not { } value)
        {
            Fail($"required field '{field}' is missing");
            return null;
        }

        var actual = RawJson.Kind(value.Span);
        if (actual == kind)
        {
            return value;
        }

        Fail($"field '{field}' must be {kind}, not {actual}");
        return null;
    }
}
