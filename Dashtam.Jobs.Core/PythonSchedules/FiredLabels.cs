using Dashtam.Jobs.Core.Schedules;
using Dashtam.Jobs.Core.Wire;

namespace Dashtam.Jobs.Core.PythonSchedules;

/// <summary>The labels of a fired message: what TaskIQ makes of an entry's, each a text with its type, and the entry's id.</summary>
internal static class FiredLabels
{
    private static readonly byte[] Any = "1"u8.ToArray();
    private static readonly byte[] Integer = "2"u8.ToArray();
    private static readonly byte[] Text = "3"u8.ToArray();
    private static readonly byte[] Float = "4"u8.ToArray();
    private static readonly byte[] Boolean = "5"u8.ToArray();

    /// <param name="labels">The entry's labels, a JSON object.</param>
    /// <param name="scheduleId">The entry's id, which replaces a label of that name.</param>
    public static JobLabels Of(ReadOnlyMemory<byte> labels, string scheduleId)
    {
        var fields = RawJson.Fields(labels);
        var id = new RawField(PythonJsonWriter.Encode(ScheduleLabels.Id), PythonJsonWriter.Encode(scheduleId));
        var place = fields.FindIndex(field => field.IsNamed(ScheduleLabels.Id));
        if (place < 0)
        {
            fields.Add(id);
        }
        else
        {
            fields[place] = id;
        }

        return JobLabels.FromFields(
            [.. fields.Select(field => Own(field, Said(field.RawValue)))],
            LabelTypesForm.Object,
            [.. fields.Select(field => Own(field, Type(field.RawValue.Span)))]);
    }

    // Copies: what is kept of an entry must not keep the whole entry.
    private static RawField Own(RawField field, ReadOnlyMemory<byte> value) =>
        new(PythonJsonWriter.Encode(field.Name), value);

    private static byte[] Said(ReadOnlyMemory<byte> value) => PythonJsonWriter.Encode(
        value.Span[0] == (byte)'"' ? JsonText.Decode(value.Span[1..^1]) : PythonText.Str(value));

    private static byte[] Type(ReadOnlySpan<byte> value) => value[0] switch
    {
        (byte)'"' => Text,
        (byte)'t' or (byte)'f' => Boolean,
        (byte)'{' or (byte)'[' or (byte)'n' => Any,
        _ => PythonText.IsFloat(value) ? Float : Integer,
    };
}
