using Dashtam.Jobs.Core.PythonSchedules;

namespace Dashtam.Jobs.Scheduler.PythonSchedules;

/// <summary>
/// Remembers large entries that are left alone, so that a thousand of a megabyte each are not read again in each turn. One that has
/// changed is seen: by its mark at once, or within an hour, since no mark is kept for longer.
/// </summary>
internal sealed class OddMarks(IPythonScheduleStore store, KnownJobs jobs, TimeProvider time)
{
    /// <summary>How long an entry is not read again.</summary>
    internal static readonly TimeSpan KeptFor = TimeSpan.FromHours(1);

    private const int KeptAtMost = 10_000;

    private readonly Lock _lock = new();
    private readonly Dictionary<string, Kept> _kept = new(StringComparer.Ordinal);

    /// <summary>An entry was read and is left alone.</summary>
    public void Keep(string name, byte[] bytes, Judgement.Odd odd)
    {
        if (EntryMark.Of(bytes) is not { } mark)
        {
            return;
        }

        lock (_lock)
        {
            if (_kept.Count >= KeptAtMost)
            {
                _kept.Clear();
            }

            _kept[name] = new Kept(mark, odd.UnknownTask, time.GetTimestamp());
        }
    }

    /// <summary>Whether an entry is large, was left alone when it was last read, and need not be read again.</summary>
    public async Task<bool> IsAsItWasAsync(string name, CancellationToken stoppingToken)
    {
        Kept? kept;
        lock (_lock)
        {
            kept = _kept.GetValueOrDefault(name);
        }

        if (kept is null)
        {
            return false;
        }

        if (time.GetElapsedTime(kept.At) < KeptFor
            && !(kept.UnknownTask is { } task && await jobs.KnowAsync(task, stoppingToken))
            && await store.FitsAsync(name, kept.Mark, stoppingToken))
        {
            return true;
        }

        lock (_lock)
        {
            _kept.Remove(name);
        }

        return false;
    }

    private sealed record Kept(EntryMark Mark, string? UnknownTask, long At);
}
