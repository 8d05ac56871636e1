using Dashtam.Jobs.Core.PythonSchedules;

namespace Dashtam.Jobs.Scheduler.PythonSchedules;

/// <summary>Notes of entries that were found when they are due next, once for all schedulers.</summary>
internal sealed class EntryIntake(IPythonScheduleStore store, EntryJudge judge, OddEntries odd, OddMarks marks, NextLook look)
{
    /// <summary>Entries that are read at once: each may have a megabyte.</summary>
    internal const int ReadAtOnce = 32;

    // A cron that never comes: it is looked at again, should a zone's rules change.
    private static readonly TimeSpan LookAgain = TimeSpan.FromDays(1);

    /// <summary>Reads entries and notes those that fire here.</summary>
    /// <returns>The names of those that were left alone, and how many bytes were read.</returns>
    public async Task<(IReadOnlyList<string> Left, long Bytes)> TakeAsync(IReadOnlyList<string> names, CancellationToken stoppingToken)
    {
        var (left, bytes) = (new List<string>(), 0L);
        foreach (var some in names.Chunk(ReadAtOnce))
        {
            var areAsTheyWere = await Task.WhenAll(some.Select(name => marks.IsAsItWasAsync(name, stoppingToken)));
            left.AddRange(some.Where((_, i) => areAsTheyWere[i]));
            string[] read = [.. some.Where((_, i) => !areAsTheyWere[i])];
            if (read.Length == 0)
            {
                continue;
            }

            var now = await store.GetTimeAsync(stoppingToken);
            var entries = await store.ReadAsync(read, stoppingToken);
            var taken = await Task.WhenAll(entries.Select(entry => TakeAsync(entry, now, stoppingToken)));
            left.AddRange(read.Where((_, i) => !taken[i]));
            bytes += entries.Sum(entry => (entry.Bytes?.Length ?? 0) + (long)(entry.Twin?.Length ?? 0));
        }

        return (left, bytes);
    }

    /// <summary>Notes one entry that was read; false: it is left alone.</summary>
    public async Task<bool> TakeAsync(StoredEntry entry, DateTimeOffset now, CancellationToken stoppingToken)
    {
        if (entry.Bytes is not { } bytes)
        {
            return entry.State is not null && await store.ForgetAsync(entry, stoppingToken);
        }

        if (EntryState.Parse(entry.State)?.Bytes == EntryDigest.Of(bytes))
        {
            return true;
        }

        // The same id in both sources is one entry, moved from one to the other by TaskIQ: the list source's counts.
        if (ScheduleSource.ListedId(entry.Name) is null && entry.Twin is not null)
        {
            return false;
        }

        switch (await judge.JudgeAsync(bytes, stoppingToken))
        {
            case Judgement.Ours ours:
                await IndexAsync(entry, ours, now, stoppingToken);
                return true;
            case Judgement.Odd problem:
                await LeaveAsync(entry, problem, stoppingToken);
                marks.Keep(entry.Name, bytes, problem);
                return false;
            default:
                return false;
        }
    }

    /// <summary>Leaves an entry where it is, and names it. What was known of an earlier form of it is forgotten.</summary>
    public async Task LeaveAsync(StoredEntry entry, Judgement.Odd problem, CancellationToken stoppingToken)
    {
        if (entry.State is not null && problem.Kind == OddEntry.Unreadable)
        {
            await store.ForgetAsync(entry, stoppingToken);
        }

        await odd.NameAsync(entry, problem, stoppingToken);
    }

    /// <summary>When an entry is due next.</summary>
    public static DateTimeOffset Next(Judgement.Ours ours, EntryState state, DateTimeOffset now) =>
        ours.Instants.Due(state.FirstSeen, state.LastFired, now)
            ?? ours.Instants.Next(state.FirstSeen, now)
            ?? now + LookAgain;

    /// <summary>What is known of an entry in the form in which it was read.</summary>
    public static EntryState State(StoredEntry entry, Judgement.Ours ours, DateTimeOffset now)
    {
        var (timing, bytes) = (EntryDigest.Of(ours.Entry.Timing), EntryDigest.Of(entry.Bytes));
        var before = EntryState.Parse(entry.State);
        if (before is not null && before.Timing == timing)
        {
            return before with { Bytes = bytes };
        }

        // Another timing is seen first now; an instant that the same id has fired does not fire again.
        var last = ours.Entry.Timing is ScheduleTiming.At ? null : before?.LastFired;
        return new EntryState(DateTimeOffset.FromUnixTimeMilliseconds(now.ToUnixTimeMilliseconds()), last, timing, bytes);
    }

    private async Task IndexAsync(StoredEntry entry, Judgement.Ours ours, DateTimeOffset now, CancellationToken stoppingToken)
    {
        var state = State(entry, ours, now);
        var next = Next(ours, state, now);
        if (await store.IndexAsync(entry, state, next, stoppingToken))
        {
            look.Note(next);
        }
    }
}
