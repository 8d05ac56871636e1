namespace Dashtam.Jobs.Core.PythonSchedules;

/// <summary>
/// Tells cheaply whether a large entry is still the one that was read: by its length and by the bytes at both ends, which Redis is
/// asked for instead of the whole entry.
/// </summary>
/// <param name="Length">The bytes that were read.</param>
/// <param name="Head">A digest of the first ones.</param>
/// <param name="Tail">A digest of the last ones.</param>
internal sealed record EntryMark(int Length, string Head, string Tail)
{
    /// <summary>Smaller entries are read again instead.</summary>
    public const int SmallestMarked = 4 * 1024;

    /// <summary>The bytes of each end.</summary>
    public const int EndLength = 256;

    /// <summary>The mark of an entry; null: it is small.</summary>
    public static EntryMark? Of(byte[] bytes) => bytes.Length < SmallestMarked
        ? null
        : new EntryMark(bytes.Length, EntryDigest.Of(bytes.AsSpan(0, EndLength)), EntryDigest.Of(bytes.AsSpan(bytes.Length - EndLength)));

    /// <summary>Whether an entry looks as it did.</summary>
    /// <param name="head">Its first bytes.</param>
    /// <param name="tail">The bytes from where its end began, one more than there were.</param>
    public bool Fits(byte[] head, byte[] tail) =>
        EntryDigest.Of(head) == Head && tail.Length == ExpectedTail && EntryDigest.Of(tail.AsSpan(0, EndLength)) == Tail;

    // Of an entry that is too large one byte more is there than is ever read.
    private int ExpectedTail => Length > PythonScheduleStore.LargestEntry ? EndLength + 1 : EndLength;
}
