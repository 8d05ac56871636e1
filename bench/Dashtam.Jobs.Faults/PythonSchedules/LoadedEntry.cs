namespace Dashtam.Jobs.Faults.PythonSchedules;

/// <summary>An entry of the load, and what became of it.</summary>
/// <param name="Id">Its schedule id.</param>
/// <param name="IsListed">Whether it is the list source's.</param>
/// <param name="IsPickle">Its form.</param>
internal sealed record LoadedEntry(string Id, bool IsListed, bool IsPickle)
{
    /// <summary>When it fires; another one once it is overwritten.</summary>
    public required EntryTiming Timing { get; set; }

    /// <summary>The time that it had before it was overwritten.</summary>
    public DateTimeOffset? OverwrittenTime { get; set; }

    /// <summary>When it was known to be unscheduled.</summary>
    public DateTimeOffset? UnscheduledAt { get; set; }

    /// <summary>When some scheduler saw it first, as Redis knows; looked up before it is unscheduled, or at the end.</summary>
    public DateTimeOffset? FirstSeen { get; set; }

    /// <summary>Its key without the prefix.</summary>
    public string Name => IsListed ? "data:" + Id : Id;
}
