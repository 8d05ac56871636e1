namespace Dashtam.Jobs.Core.Wire;

/// <summary>Reads one envelope; remembers the first thing that is wrong with it.</summary>
internal sealed class EnvelopeReader
{
    private readonly Dictionary<string, ReadOnlyMemory<byte>> _values = new(StringComparer.Ordinal);
    private string _problem = "";

    private EnvelopeReader(List<RawField> fields)
    {
        foreach (var field in fields)
        {
            _values[field.Name] = field.RawValue;
        }
    }

    /// <summary>The envelope, or null with the problem.</summary>
    public static JobEnvelope? Read(ReadOnlyMemory<byte> utf8, out string problem)
    {
        if (!RawJson.IsValid(utf8, out problem))
        {
            return null;
        }

        var trimmed = utf8.Span.TrimStart(" \t\r\n"u8);
        if (trimmed[0] != (byte)'{')
        {
            problem = $"must be an object, not {RawJson.Kind(trimmed)}";
            return null;
        }

        var fields = RawJson.Fields(utf8);
        var reader = new EnvelopeReader(fields);
        var envelope = reader.Envelope(fields);
        problem = reader._problem;
        return problem.Length == 0 ? envelope : null;
    }

    private JobEnvelope Envelope(List<RawField> fields) => new()
    {
        TaskId = Name(EnvelopeFields.TaskId),
        TaskName = Name(EnvelopeFields.TaskName),
        Labels = JobLabels.FromFields(Fields(EnvelopeFields.Labels), TypesForm(), Types()),
        Arguments = new(Container(EnvelopeFields.Args, "an array"), Container(EnvelopeFields.Kwargs, "an object")),
        UnknownFields = [.. fields.Where(field => !EnvelopeFields.IsKnown(field.Name))],
    };

    // A name ends up in Redis keys and log lines, which are UTF-8; TaskIQ refuses it as well.
    private string Name(string field)
    {
        if (!TryGet(field, "text", out var value))
        {
            return "";
        }

        var text = JsonText.Decode(value.Span[1..^1]);
        if (JsonText.HasLoneSurrogate(text))
        {
            Fail($"field '{field}' has a lone surrogate, which has no UTF-8 form");
        }

        return text;
    }

    private ReadOnlyMemory<byte> Container(string field, string kind) =>
        TryGet(field, kind, out var value) ? value : default;

    private List<RawField> Fields(string field) =>
        TryGet(field, "an object", out var value) ? RawJson.Fields(value) : [];

    private LabelTypesForm TypesForm()
    {
        if (!_values.TryGetValue(EnvelopeFields.LabelsTypes, out var value))
        {
            return LabelTypesForm.Absent;
        }

        return value.Span.SequenceEqual("null"u8) ? LabelTypesForm.Null : LabelTypesForm.Object;
    }

    private List<RawField> Types() => TypesForm() == LabelTypesForm.Object ? Fields(EnvelopeFields.LabelsTypes) : [];

    private bool TryGet(string field, string kind, out ReadOnlyMemory<byte> value)
    {
        if (!_values.TryGetValue(field, out value))
        {
            Fail($"required field '{field}' is missing");
            return false;
        }

        var actual = RawJson.Kind(value.Span);
        if (actual != kind)
        {
            Fail($"field '{field}' must be {kind}, not {actual}");
        }

        return actual == kind;
    }

    private void Fail(string problem)
    {
        if (_problem.Length == 0)
        {
            _problem = problem;
        }
    }
}
