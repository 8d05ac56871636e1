using Dashtam.Jobs.Core.Wire;

namespace Dashtam.Jobs.Core.PythonSchedules;

/// <summary>The entries that Python producers wrote, and what all schedulers know of them.</summary>
internal interface IPythonScheduleStore
{
    /// <summary>Redis' clock.</summary>
    Task<DateTimeOffset> GetTimeAsync(CancellationToken cancellationToken);

    /// <summary>When the next entry is due, or was; null: there is none.</summary>
    Task<DateTimeOffset?> NextAsync(CancellationToken cancellationToken);

    /// <summary>The names of entries that are due, the longest overdue first.</summary>
    Task<IReadOnlyList<string>> DueAsync(DateTimeOffset now, int most, CancellationToken cancellationToken);

    /// <summary>Of each name what is known of its entry, which is not read; null: nothing.</summary>
    Task<IReadOnlyList<string?>> StatesAsync(IReadOnlyList<string> names, CancellationToken cancellationToken);

    /// <summary>Reads entries, and what is known of them.</summary>
    Task<IReadOnlyList<StoredEntry>> ReadAsync(IReadOnlyList<string> names, CancellationToken cancellationToken);

    /// <summary>Whether an entry is still the one that was marked, without reading all of it.</summary>
    Task<bool> FitsAsync(string name, EntryMark mark, CancellationToken cancellationToken);

    /// <summary>Notes what is known of an entry, and when it is due next; false: something has changed since it was read.</summary>
    Task<bool> IndexAsync(StoredEntry entry, EntryState state, DateTimeOffset due, CancellationToken cancellationToken);

    /// <summary>Makes an entry's job ready, once for each instant. May be called again after an error.</summary>
    Task<PythonFireCode> FireAsync(PythonFire fire, CancellationToken cancellationToken);

    /// <summary>Forgets an entry that is gone, or whose bytes cannot be read any more; false: it has changed since it was read.</summary>
    Task<bool> ForgetAsync(StoredEntry entry, CancellationToken cancellationToken);

    /// <summary>Whether the caller is the one to name an entry that is left alone, and counts it.</summary>
    Task<bool> NameAsync(StoredEntry entry, OddEntry odd, CancellationToken cancellationToken);
}

/// <summary>An entry as it was read.</summary>
/// <param name="Name">Its key without the prefix.</param>
/// <param name="Bytes">Its bytes, one more than the largest entry has at most; null: it is gone, or no text.</param>
/// <param name="State">What is known of it, as it is kept; null: nothing.</param>
/// <param name="Twin">The entry that the other source keeps under the same id; null: there is none.</param>
internal sealed record StoredEntry(string Name, byte[]? Bytes, string? State, byte[]? Twin = null);

/// <summary>One instant of an entry, and the job that it brings.</summary>
/// <param name="Entry">The entry, as it was read.</param>
/// <param name="Instant">The instant.</param>
/// <param name="Message">The job.</param>
/// <param name="After">What is known of the entry afterwards; null: it is a time entry, and is removed.</param>
/// <param name="Next">When it is due next; the instant itself for a time entry.</param>
internal sealed record PythonFire(
    StoredEntry Entry, DateTimeOffset Instant, JobEnvelope Message, EntryState? After, DateTimeOffset Next)
{
    /// <summary>Whether the other source's entry of the same id means the same instant, and is removed with it.</summary>
    public bool RemovesTwin { get; init; }
}

/// <summary>How a fire ended. The numbers are the script's.</summary>
internal enum PythonFireCode
{
    /// <summary>The instant is in Redis' future.</summary>
    TooEarly = -2,

    /// <summary>The entry was unscheduled or overwritten since it was read.</summary>
    Changed = -1,

    /// <summary>Another scheduler was faster.</summary>
    AlreadyFired = 0,

    /// <summary>The job is in the queue.</summary>
    Fired = 1,
}

/// <summary>Why an entry is left alone.</summary>
internal enum OddEntry
{
    /// <summary>It cannot be read.</summary>
    Unreadable,

    /// <summary>It is another program's.</summary>
    NotOurs,
}
