using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Dashtam.Jobs.Core.PythonSchedules;

/// <summary>
/// The ids of jobs that fires bring, where the entry gives none. They look as TaskIQ's do, a UUID of version 4, but the last 32 of the 122 bits
/// that are random there follow from the rest and from the schedule. So a worker sees from a message alone whether a scheduler of this
/// service has pushed it, also after retries and hand-backs, which keep the id.
/// </summary>
internal static class FireId
{
    private const int Length = 16;
    private const int MarkedLength = Length - sizeof(uint);

    /// <summary>A new id: 32 lower-case hex digits.</summary>
    /// <param name="scheduleId">The schedule whose fire brings the job.</param>
    public static string New(string scheduleId)
    {
        Span<byte> id = stackalloc byte[Length];
        Guid.NewGuid().TryWriteBytes(id, bigEndian: true, out _);
        BinaryPrimitives.WriteUInt32BigEndian(id[MarkedLength..], Mark(id[..MarkedLength], scheduleId));
        return Convert.ToHexStringLower(id);
    }

    /// <summary>Whether <see cref="New"/> made an id for this schedule. One id of TaskIQ's in four thousand million looks so, too.</summary>
    public static bool IsOurs(string taskId, string scheduleId)
    {
        Span<byte> id = stackalloc byte[Length];
        return TryRead(taskId, id)
            && BinaryPrimitives.ReadUInt32BigEndian(id[MarkedLength..]) == Mark(id[..MarkedLength], scheduleId);
    }

    /// <summary>Whether an id may be one that TaskIQ has made. A producer may give any other text, and then no id tells who pushed the job.</summary>
    public static bool IsMade(string taskId) => TryRead(taskId, stackalloc byte[Length]);

    private static bool TryRead(string taskId, Span<byte> id) =>
        taskId.Length == 2 * Length && Guid.TryParseExact(taskId, "N", out var guid) && guid.Version == 4
        && guid.TryWriteBytes(id, bigEndian: true, out _);

    private static uint Mark(ReadOnlySpan<byte> id, string scheduleId)
    {
        byte[] text = [.. id, .. Encoding.UTF8.GetBytes(scheduleId)];
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(text, hash);
        return BinaryPrimitives.ReadUInt32BigEndian(hash);
    }
}
