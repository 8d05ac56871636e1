using System.Collections.Immutable;
using System.Globalization;

namespace Dashtam.Jobs.Core.Wire;

/// <summary>The labels of an envelope: in order, each value and type as it came.</summary>
/// <remarks>
/// The properties read the labels that the service knows, leniently, from text, number or boolean, whatever their type
/// says: TaskIQ's scheduler sends all as text. What cannot be read is null, so that the job's default applies.
/// </remarks>
public sealed class JobLabels
{
    private const string Retries = "_retries";

    private static readonly TimeSpan LongestTimeout = TimeSpan.FromDays(30);
    private static readonly TimeSpan LongestDelay = TimeSpan.FromDays(365);

    private readonly ImmutableArray<RawField> _labels;
    private readonly ImmutableArray<RawField> _types;
    private readonly LabelTypesForm _form;

    private JobLabels(ImmutableArray<RawField> labels, LabelTypesForm form, ImmutableArray<RawField> types)
    {
        _labels = labels;
        _form = form;
        _types = types;
    }

    /// <summary>No labels, and no <c>labels_types</c>: where our own producers begin.</summary>
    public static JobLabels Empty { get; } = new([], LabelTypesForm.Absent, []);

    private static JobLabels EmptyWithNull { get; } = new([], LabelTypesForm.Null, []);

    private static JobLabels EmptyWithTypes { get; } = new([], LabelTypesForm.Object, []);

    /// <summary>Whether the message has the field <c>labels_types</c>, be it empty or null.</summary>
    internal bool HasTypes => _form != LabelTypesForm.Absent;

    /// <summary>The names, in the order in which they came.</summary>
    public IEnumerable<string> Names => _labels.Select(label => label.Name);

    /// <summary>The label <c>retry_on_error</c>: true, false, 1, 0 in any case; else null.</summary>
    public bool? RetryOnError => LabelValue.Boolean(Text("retry_on_error"));

    /// <summary>The label <c>max_retries</c>: runs in all.</summary>
    /// <remarks>A negative one counts as 0; null when absent, fractional, beyond <c>int</c> or no number.</remarks>
    public int? MaxRetries => LabelValue.Integer(Text("max_retries")) switch
    {
        > int.MaxValue or null => null,
        var runs => (int)Math.Max(0, runs.Value),
    };

    /// <summary>The label <c>_retries</c>: attempts that failed so far, 0 when absent, negative or no number.</summary>
    /// <remarks>At most a thousand million, so that counting on cannot overflow.</remarks>
    public int FailedAttempts => (int)Math.Clamp(LabelValue.Integer(Text(Retries)) ?? 0, 0, 1_000_000_000);

    /// <summary>The label <c>timeout</c>, in seconds on the wire; null unless above 0 and at most 30 days.</summary>
    public TimeSpan? Timeout =>
        LabelValue.Seconds(Text("timeout"), LongestTimeout) is { Ticks: > 0 } timeout ? timeout : null;

    /// <summary>The label <c>delay</c>: SmartRetry's pause before the next attempt, in seconds on the wire.</summary>
    /// <remarks>It doesn't delay a first run. Null unless between 0 and 365 days.</remarks>
    public TimeSpan? Delay => LabelValue.Seconds(Text("delay"), LongestDelay);

    /// <summary>A label's text; of a number or boolean its JSON; null when absent, null, array or object.</summary>
    public string? Text(string name)
    {
        foreach (var label in _labels)
        {
            if (label.IsNamed(name))
            {
                return LabelValue.Text(label.RawValue.Span);
            }
        }

        return null;
    }

    /// <summary>The same labels with one text label set; labels from our own producers carry no type.</summary>
    public JobLabels With(string name, string value) =>
        new(Set(_labels, name, PythonJsonWriter.Encode(value)), _form, _types.RemoveAll(type => type.IsNamed(name)));

    /// <summary>The same labels, all as they came, with <c>_retries</c> counted.</summary>
    /// <remarks>As text of type INT, as TaskIQ does; where no label has a type, without one.</remarks>
    public JobLabels WithFailedAttempts(int failedAttempts)
    {
        var text = failedAttempts.ToString(CultureInfo.InvariantCulture);
        var labels = Set(_labels, Retries, PythonJsonWriter.Encode(text));
        var types = _form == LabelTypesForm.Object ? Set(_types, Retries, LabelValue.TypeInteger) : _types;
        return new(labels, _form, types);
    }

    internal static JobLabels FromFields(
        ImmutableArray<RawField> labels, LabelTypesForm form, ImmutableArray<RawField> types)
    {
        if (labels.Length > 0 || types.Length > 0)
        {
            return new(labels, form, types);
        }

        return form switch
        {
            LabelTypesForm.Absent => Empty,
            LabelTypesForm.Null => EmptyWithNull,
            _ => EmptyWithTypes,
        };
    }

    /// <summary>Writes the fields <c>labels</c> and, in the form in which it came, <c>labels_types</c>.</summary>
    internal void WriteFields(PythonJsonWriter writer)
    {
        writer.Name(EnvelopeFields.Labels);
        WriteRaw(writer, _labels);
        if (_form == LabelTypesForm.Absent)
        {
            return;
        }

        writer.Name(EnvelopeFields.LabelsTypes);
        if (_form == LabelTypesForm.Null)
        {
            writer.Null();
        }
        else
        {
            WriteRaw(writer, _types);
        }
    }

    /// <summary>Writes the labels as a result shows them: text turned back into what its type says.</summary>
    internal void WriteParsedBack(PythonJsonWriter writer)
    {
        Dictionary<string, ReadOnlyMemory<byte>>? types = null;
        writer.BeginObject();
        for (var i = 0; i < _labels.Length; i++)
        {
            var label = _labels[i];
            writer.EscapedName(label.EscapedName);
            LabelValue.WriteParsedBack(writer, label.RawValue.Span, TypeOf(i, ref types).Span);
        }

        writer.EndObject();
    }

    // TaskIQ writes both in one order; only where somebody else did not is there anything to look up.
    private ReadOnlyMemory<byte> TypeOf(int label, ref Dictionary<string, ReadOnlyMemory<byte>>? types)
    {
        if (label < _types.Length && _types[label].IsNamedAs(_labels[label]))
        {
            return _types[label].RawValue;
        }

        if (_types.IsEmpty)
        {
            return default;
        }

        types ??= _types.ToDictionary(type => type.Name, type => type.RawValue, StringComparer.Ordinal);
        return types.GetValueOrDefault(_labels[label].Name);
    }

    private static ImmutableArray<RawField> Set(ImmutableArray<RawField> fields, string name, byte[] value)
    {
        for (var i = 0; i < fields.Length; i++)
        {
            if (fields[i].IsNamed(name))
            {
                return fields.SetItem(i, fields[i] with { RawValue = value });
            }
        }

        return fields.Add(new(PythonJsonWriter.Encode(name), value));
    }

    private static void WriteRaw(PythonJsonWriter writer, ImmutableArray<RawField> fields)
    {
        writer.BeginObject();
        foreach (var field in fields)
        {
            writer.RawName(field.RawName.Span);
            writer.Raw(field.RawValue.Span);
        }

        writer.EndObject();
    }
}

/// <summary>How <c>labels_types</c> came; a retry keeps it so.</summary>
internal enum LabelTypesForm
{
    /// <summary>Not at all: TaskIQ before 0.11, and our own producers.</summary>
    Absent,

    /// <summary>As null.</summary>
    Null,

    /// <summary>As an object from name to number.</summary>
    Object,
}
