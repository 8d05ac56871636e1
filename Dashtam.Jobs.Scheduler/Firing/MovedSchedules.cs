using Dashtam.Jobs.Core.Schedules;

namespace Dashtam.Jobs.Scheduler.Firing;

/// <summary>
/// Schedules that another queue has a record of, because the code named that queue before. One that a scheduler of that code still fires
/// there does not fire here: nothing fires twice.
/// </summary>
/// <remarks>It looks in the queues that this scheduler fires into. With one queue it asks nothing.</remarks>
internal sealed partial class MovedSchedules(
    ScheduleCatalog catalog, FiringQueues queues, IScheduleLedger ledger, ILogger<MovedSchedules> logger)
{
    /// <summary>How long ago a scheduler's last look was when it counts as gone: six looks.</summary>
    internal static readonly TimeSpan Lease = ClaimWatch.Lease;

    private readonly Lock _lock = new();

    // By queue: the schedules of other queues that it has a record of, and whether a scheduler there confirms it.
    private readonly Dictionary<string, Dictionary<string, bool>> _records = new(StringComparer.Ordinal);

    /// <summary>Every queue that answers has been looked at.</summary>
    public bool IsKnown
    {
        get
        {
            lock (_lock)
            {
                return queues.Firing.Count == 1 || queues.Firing.All(queue => queue.Clock.IsUnknown || _records.ContainsKey(queue.Name));
            }
        }
    }

    /// <summary>Schedules that do not fire, and the queue that other schedulers fire each into.</summary>
    public IReadOnlyDictionary<string, string> Held
    {
        get
        {
            lock (_lock)
            {
                return _records.SelectMany(queue => queue.Value.Where(record => record.Value), (queue, record) => (record.Key, Queue: queue.Key))
                    .DistinctBy(held => held.Key, StringComparer.Ordinal)
                    .ToDictionary(held => held.Key, held => held.Queue, StringComparer.Ordinal);
            }
        }
    }

    /// <summary>False: a scheduler of other code fires it into another queue, or that is not known yet.</summary>
    public bool MayFire(JobSchedule schedule)
    {
        lock (_lock)
        {
            return IsKnown && !_records.Values.Any(records => records.GetValueOrDefault(schedule.Id));
        }
    }

    /// <summary>Looks for records of other queues' schedules.</summary>
    public async Task LookAsync(FiringQueue queue, CancellationToken stoppingToken)
    {
        if (queues.Firing.Count == 1)
        {
            return;
        }

        var found = new Dictionary<string, bool>(StringComparer.Ordinal);
        try
        {
            JobSchedule[] others = [.. catalog.Schedules.Select(firing => firing.Schedule).Where(schedule => queues.Of(schedule) != queue)];
            var ages = await ledger.FindAsync(queue.Name, [.. others.Select(schedule => schedule.Id)], stoppingToken);
            foreach (var schedule in others.Where(schedule => ages.ContainsKey(schedule.Id)))
            {
                found[schedule.Id] = ages[schedule.Id] < Lease;
                Tell(schedule, queue.Name, found[schedule.Id]);
            }
        }
        finally
        {
            // A queue that does not answer holds none: nobody fires into it either.
            lock (_lock)
            {
                _records[queue.Name] = found;
            }
        }
    }

    private void Tell(JobSchedule schedule, string other, bool isAlive)
    {
        bool? before = null;
        lock (_lock)
        {
            if (_records.GetValueOrDefault(other) is { } records && records.TryGetValue(schedule.Id, out var wasAlive))
            {
                before = wasAlive;
            }
        }

        if (isAlive && before is not true)
        {
            LogHeld(schedule.Id, queues.Of(schedule).Name, other);
        }
        else if (!isAlive && before is not false)
        {
            LogLeftBehind(schedule.Id, queues.Of(schedule).Name, other);
        }
    }

    [LoggerMessage(EventName = "schedule_fires_into_other_queue", Level = LogLevel.Warning,
        Message = "Schedule {Schedule} does not fire into {Queue} yet: another scheduler still fires it into {OtherQueue}, as its code says. "
            + "Replace that scheduler by one of this version; a minute later the schedule fires here")]
    private partial void LogHeld(string schedule, string queue, string otherQueue);

    [LoggerMessage(EventName = "schedule_left_behind", Level = LogLevel.Warning,
        Message = "Schedule {Schedule} fires into {Queue}, and {OtherQueue} has a record of it, by which nothing fires any more. When no "
            + "scheduler of the older code is to come back, remove the record: docs/how-to/several-queues.md")]
    private partial void LogLeftBehind(string schedule, string queue, string otherQueue);
}
