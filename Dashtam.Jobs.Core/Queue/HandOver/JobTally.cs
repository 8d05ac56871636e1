using Dashtam.Jobs.Core.Logging;
using Dashtam.Jobs.Core.Wire;
using StackExchange.Redis;

namespace Dashtam.Jobs.Core.Queue.HandOver;

/// <summary>Counts jobs by their names, and keeps the delayed ones that are due first. Its size is bounded, whatever there is.</summary>
internal sealed class JobTally(PythonNames python)
{
    private const int MostNames = 1_000;
    private const int MostDelayed = 100;

    private readonly Dictionary<string, long> _names = new(StringComparer.Ordinal);
    private readonly PriorityQueue<DelayedJob, double> _delayed = new();
    private long _unnamed;

    /// <summary>By name: first what Python drops, then what it may drop.</summary>
    public IReadOnlyList<NamedJobs> Names
    {
        get
        {
            IEnumerable<NamedJobs> named = _names.Select(pair => new NamedJobs(pair.Key, pair.Value, python.Of(pair.Key)));
            return
            [
                .. (_unnamed == 0 ? named : named.Append(new NamedJobs(Name: null, _unnamed, PythonView.Unknown)))
                    .OrderBy(jobs => Order(jobs.Python)).ThenBy(jobs => jobs.Name, StringComparer.Ordinal),
            ];
        }
    }

    /// <summary>The delayed jobs that are due first, in that order.</summary>
    public IReadOnlyList<DelayedJob> Delayed =>
        [.. _delayed.UnorderedItems.OrderByDescending(item => item.Priority).Select(item => item.Element)];

    public void Add(byte[] envelope)
    {
        if (Name(envelope, out _) is { } name && (_names.ContainsKey(name) || _names.Count < MostNames))
        {
            _names[name] = _names.GetValueOrDefault(name) + 1;
        }
        else
        {
            _unnamed++;
        }
    }

    /// <summary>A delayed job that stays.</summary>
    public void AddDelayed(SortedSetEntry entry)
    {
        var name = Name(Fsck.NumberedEntry.Read((byte[])entry.Element!).Envelope, out var taskId);
        _delayed.Enqueue(new DelayedJob(Instant(entry.Score), name, taskId), -entry.Score);
        if (_delayed.Count > MostDelayed)
        {
            _delayed.Dequeue(); // the latest
        }
    }

    private static string? Name(byte[] envelope, out string? taskId)
    {
        var isRead = JobEnvelope.TryParse(envelope, out var parsed, out _);
        taskId = isRead ? Cut.Name(parsed!.TaskId) : null;
        return isRead ? Cut.Name(parsed!.TaskName) : null;
    }

    private static DateTimeOffset? Instant(double milliseconds) =>
        milliseconds >= 0 && milliseconds <= DateTimeOffset.MaxValue.ToUnixTimeMilliseconds()
            ? DateTimeOffset.FromUnixTimeMilliseconds((long)milliseconds)
            : null;

    private static int Order(PythonView view) => view switch
    {
        PythonView.Drops => 0,
        PythonView.Unknown => 1,
        _ => 2,
    };
}
