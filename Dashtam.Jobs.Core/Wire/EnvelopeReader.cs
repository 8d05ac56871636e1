using System.Collections.Immutable;

namespace Dashtam.Jobs.Core.Wire;

/// <summary>Reads one envelope; remembers the first thing that is wrong with it.</summary>
internal ref struct EnvelopeReader
{
    private readonly List<RawField> _fields;
    private string _problem = "";
    private int _found;
    private int _next;

    private EnvelopeReader(List<RawField> fields)
    {
        _fields = fields;
    }

    /// <summary>The envelope, or null with the problem.</summary>
    public static JobEnvelope? Read(ReadOnlyMemory<byte> utf8, out string problem)
    {
        var fields = new List<RawField>(EnvelopeFields.Count);
        if (!RawJson.TryFields(utf8, fields, out problem))
        {
            return null;
        }

        var trimmed = utf8.Span.TrimStart(" \t\r\n"u8);
        if (trimmed[0] != (byte)'{')
        {
            problem = $"must be an object, not {RawJson.Kind(trimmed)}";
            return null;
        }

        var reader = new EnvelopeReader(fields);
        var envelope = reader.Envelope();
        problem = reader._problem;
        return problem.Length == 0 ? envelope : null;
    }

    // In TaskIQ's order: the first problem is the one to tell, and each field is found where the last one ended.
    private JobEnvelope Envelope() => new()
    {
        TaskId = Id(),
        TaskName = Name(EnvelopeFields.TaskName),
        Labels = Labels(),
        Arguments = new(Container(EnvelopeFields.Args, "an array"), Container(EnvelopeFields.Kwargs, "an object")),
        UnknownFields =
            _found == _fields.Count ? [] : [.. _fields.Where(field => !EnvelopeFields.IsKnown(field.Name))],
    };

    private string Id()
    {
        var id = Name(EnvelopeFields.TaskId);
        if (TaskIdLimit.IsExceededBy(id))
        {
            Fail(TaskIdLimit.Problem);
        }

        return id;
    }

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

    private JobLabels Labels()
    {
        ImmutableArray<RawField> labels =
            TryGet(EnvelopeFields.Labels, "an object", out var value) ? Fields(value) : [];
        if (!TryFind(EnvelopeFields.LabelsTypes, out var types))
        {
            return JobLabels.FromFields(labels, LabelTypesForm.Absent, []);
        }

        if (types.Span.SequenceEqual("null"u8))
        {
            return JobLabels.FromFields(labels, LabelTypesForm.Null, []);
        }

        var fits = Fits(EnvelopeFields.LabelsTypes, types, "an object");
        return JobLabels.FromFields(labels, LabelTypesForm.Object, fits ? Fields(types) : []);
    }

    private static ImmutableArray<RawField> Fields(ReadOnlyMemory<byte> value) =>
        RawJson.IsEmptyContainer(value.Span) ? [] : [.. RawJson.Fields(value)];

    private bool TryGet(string field, string kind, out ReadOnlyMemory<byte> value)
    {
        if (!TryFind(field, out value))
        {
            Fail($"required field '{field}' is missing");
            return false;
        }

        return Fits(field, value, kind);
    }

    // Called once for each known field.
    private bool TryFind(string field, out ReadOnlyMemory<byte> value)
    {
        for (var i = 0; i < _fields.Count; i++)
        {
            var at = (_next + i) % _fields.Count;
            if (_fields[at].IsNamed(field))
            {
                _found++;
                _next = at + 1;
                value = _fields[at].RawValue;
                return true;
            }
        }

        value = default;
        return false;
    }

    private bool Fits(string field, ReadOnlyMemory<byte> value, string kind)
    {
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
