namespace Dashtam.Jobs.Core.PythonSchedules;

/// <summary>Reads an entry, JSON or pickle.</summary>
internal static class ScheduleEntryReader
{
    /// <summary>Reads an entry; false, with the reason, when TaskIQ would not take it or it is too large. Never throws.</summary>
    /// <param name="bytes">Not kept.</param>
    /// <param name="entry">The entry; null when the result is false.</param>
    /// <param name="problem">What is wrong and where, without content; empty when the result is true.</param>
    public static bool TryRead(ReadOnlyMemory<byte> bytes, out ScheduleEntry entry, out string problem) =>
        throw new NotImplementedException();
}
