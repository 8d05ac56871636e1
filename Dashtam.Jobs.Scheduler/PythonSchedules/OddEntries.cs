using Dashtam.Jobs.Core.Logging;
using Dashtam.Jobs.Core.PythonSchedules;

namespace Dashtam.Jobs.Scheduler.PythonSchedules;

/// <summary>Names each entry that is left alone, once a day among all schedulers.</summary>
internal sealed partial class OddEntries(IPythonScheduleStore store, TimeProvider time, ILogger<OddEntries> logger)
{
    private static readonly TimeSpan AskedAgainAfter = TimeSpan.FromMinutes(10);

    // What Redis has been asked about lately: an entry stays odd for as long as its producer leaves it there.
    private readonly HashSet<(string Name, string Digest)> _asked = [];
    private readonly Lock _lock = new();
    private long _since;

    public async Task NameAsync(StoredEntry entry, Judgement.Odd odd, CancellationToken stoppingToken)
    {
        if (WasAsked((entry.Name, EntryDigest.Of(entry.Bytes))) || !await store.NameAsync(entry, odd.Kind, stoppingToken))
        {
            return;
        }

        if (odd.Kind == OddEntry.Unreadable)
        {
            LogUnreadable(Cut.Name(entry.Name), odd.Problem);
        }
        else
        {
            LogNotOurs(Cut.Name(entry.Name), Cut.Name(odd.Problem));
        }
    }

    private bool WasAsked((string Name, string Digest) entry)
    {
        lock (_lock)
        {
            if (_asked.Count >= PythonScheduleStore.NamedAtMost || time.GetElapsedTime(_since) >= AskedAgainAfter)
            {
                _asked.Clear();
                _since = time.GetTimestamp();
            }

            return !_asked.Add(entry);
        }
    }

    [LoggerMessage(EventName = "python_schedule_unreadable", Level = LogLevel.Warning,
        Message = "Cannot read the entry {Entry} of a Python producer: {Problem}. The entry does not fire and stays "
            + "where it is. Schedule it anew, or delete it")]
    private partial void LogUnreadable(string entry, string problem);

    [LoggerMessage(EventName = "python_schedule_not_ours", Level = LogLevel.Warning,
        Message = "The entry {Entry} of a Python producer does not fire here: {Problem}. The entry stays where it is: "
            + "another program may own it, and it fires when a worker knows its task")]
    private partial void LogNotOurs(string entry, string problem);
}
