using Dashtam.Jobs.Core.Queue;
using Dashtam.Jobs.Faults.Load;

namespace Dashtam.Jobs.Faults.Checking;

/// <summary>What bounds a key, or all keys of a form.</summary>
/// <param name="Name">The key, or what its name begins with.</param>
/// <param name="IsPrefix">Which of both.</param>
/// <param name="Expires">Whether it must have a lifetime.</param>
/// <param name="Most">The elements that it may have.</param>
internal sealed record KeyBound(string Name, bool IsPrefix, bool Expires, long Most)
{
    // A hash of counters has a few per job.
    private const long Few = 200;

    // Workers that have left are remembered for an hour: as many as a run can start.
    private const long Incarnations = 5_000;

    /// <summary>Whether this is what bounds a key.</summary>
    public bool Covers(string key) => IsPrefix ? key.StartsWith(Name, StringComparison.Ordinal) : key == Name;

    /// <summary>All keys of a queue that is drained, from where they are spelled.</summary>
    /// <param name="keys">The queue's keys.</param>
    /// <param name="options">Their caps.</param>
    public static IReadOnlyList<KeyBound> Of(QueueKeys keys, QueueOptions options) =>
    [
        Exact(keys.Sequence, 1), Exact(keys.Fence, 1), Exact(keys.DeadBytes, 1), Exact(keys.ParkedBytes, 1),
        Exact(keys.Workers, Few), Exact(keys.Departed, Incarnations),
        Exact(keys.Schedules, Few), Exact(keys.SchedulesAlive, Few), Exact(keys.Fired, Few), Exact(keys.Stats, Few),
        Exact(keys.Epoch, 4), Exact(keys.ScheduleStats, Few), Exact(keys.PausedSchedules, Few), Exact(keys.Isolated, 0),
        Expiring(keys.Alone.ToString(), 1), Expiring(keys.DepartedClaim.ToString(), 1), Expiring(keys.DurableMark.ToString(), 1),
        Expiring(keys.Skewed.ToString(), 1),
        Exact(keys.PythonDue, Few), Exact(keys.PythonEntries, Few), Exact(keys.PythonStats, Few), Exact(keys.PythonFires, 1_000),
        Expiring(keys.PythonOdd.ToString(), 1_000), Expiring(keys.PythonScan.ToString(), 1),
        Exact(keys.Parked, options.ParkedMax), Exact(keys.Dead, options.DeadMaxEntries),
        Exact(keys.DeadEntries, options.DeadMaxEntries),
        Exact(keys.Ready, 0), Exact(keys.Delayed, 0), Exact(keys.Suspects, 0),
        new(keys.Processing("").ToString(), IsPrefix: true, Expires: false, Most: 0),
        Expiring(keys.Worker("").ToString(), Few), Expiring(keys.OnceById("").ToString(), 1),
        Expiring(keys.CanaryEffect("").ToString(), 2), Expiring(keys.Result("").ToString(), 1),
        Expiring("{sse}:notice:", 1),

        // An entry whose id never came into its list is left by TaskIQ, too.
        new(TimeSchedules.Entries, IsPrefix: true, Expires: false, Most: 1),
        new(TimeSchedules.Minutes, IsPrefix: true, Expires: false, Most: 0), Expiring(JobMaker.IdPrefix, 1),
    ];

    private static KeyBound Exact(StackExchange.Redis.RedisKey key, long most) =>
        new(key.ToString(), IsPrefix: false, Expires: false, most);

    private static KeyBound Expiring(string prefix, long most) => new(prefix, IsPrefix: true, Expires: true, most);
}
