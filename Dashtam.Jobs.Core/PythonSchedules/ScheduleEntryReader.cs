using System.Globalization;
using Dashtam.Jobs.Core.Wire;
using Dashtam.Jobs.Core.Wire.Pickles;

namespace Dashtam.Jobs.Core.PythonSchedules;

/// <summary>Reads an entry, JSON or pickle.</summary>
internal static class ScheduleEntryReader
{
    /// <summary>Larger entries are not read, whatever their form.</summary>
    public const int MaxBytes = PickleReader.MaxBytes;

    /// <summary>Reads an entry; false, with the reason, when TaskIQ would not take it or it is too large. Never throws.</summary>
    /// <param name="bytes">Not kept.</param>
    /// <param name="entry">The entry; null when the result is false.</param>
    /// <param name="problem">What is wrong and where, without content; empty when the result is true.</param>
    public static bool TryRead(ReadOnlyMemory<byte> bytes, out ScheduleEntry entry, out string problem)
    {
        entry = null!; // The signature promises it only together with true.
        var fields = new List<RawField>();
        if (!TryFields(bytes, fields, out problem))
        {
            return false;
        }

        var reader = new ScheduleFields(fields);
        var read = Entry(reader);
        problem = reader.Problem;
        entry = problem.Length == 0 ? read : null!;
        return problem.Length == 0;
    }

    private static bool TryFields(ReadOnlyMemory<byte> bytes, List<RawField> fields, out string problem)
    {
        if (bytes.Length > MaxBytes)
        {
            problem = string.Create(CultureInfo.InvariantCulture, $"it has more than {MaxBytes:N0} bytes");
            return false;
        }

        try
        {
            var json = PickleReader.IsPickle(bytes.Span) ? PickleReader.ToJson(bytes.Span) : bytes;
            if (!RawJson.TryFields(json, fields, out problem))
            {
                return false;
            }

            var kind = RawJson.Kind(json.Span.TrimStart(" \t\r\n"u8));
            problem = kind == "an object" ? "" : $"must be an object, not {kind}";
        }
        catch (PickleException error)
        {
            problem = $"a pickle that is not read: {error.Message}";
        }

        return problem.Length == 0;
    }

    // In this order, since the first problem is told: what it is, before what it is about.
    private static ScheduleEntry Entry(ScheduleFields fields)
    {
        var scheduleId = fields.Name("schedule_id");
        var taskName = fields.Name(EnvelopeFields.TaskName);
        return new ScheduleEntry
        {
            ScheduleId = scheduleId,
            TaskName = taskName,
            TaskId = fields.IsNull(EnvelopeFields.TaskId) ? null : fields.Id(EnvelopeFields.TaskId),
            Timing = TimingFields.Read(fields),
            Labels = fields.Container(EnvelopeFields.Labels, "an object") is { Length: > 0 } labels
                ? FiredLabels.Of(labels, scheduleId)
                : JobLabels.Empty,
            Arguments = new(
                fields.Python(EnvelopeFields.Args, "an array"), fields.Python(EnvelopeFields.Kwargs, "an object")),
        };
    }
}
