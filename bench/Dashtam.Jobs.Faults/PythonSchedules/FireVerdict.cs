namespace Dashtam.Jobs.Faults.PythonSchedules;

/// <summary>Holds what came against what should have: each instant of each entry exactly once.</summary>
/// <param name="journal">Which instant each fire was for.</param>
/// <param name="end">Instants after it may or may not have fired.</param>
internal sealed class FireVerdict(FireJournal journal, DateTimeOffset end)
{
    // What was pushed before an entry was unscheduled is taken out of the list a moment later.
    private static readonly TimeSpan OnItsWay = TimeSpan.FromMilliseconds(200);

    // Around the moment in which an entry is unscheduled, an instant may have fired or not.
    private static readonly TimeSpan Doubtful = TimeSpan.FromSeconds(2);

    private readonly List<double> _lateness = [];

    /// <summary>What must never be: fired twice, too early, or after it was unscheduled.</summary>
    public List<string> Problems { get; } = [];

    /// <summary>What never fired: of missed instants only the latest does, and nobody fired this one before the next was due.</summary>
    public List<string> PassedOver { get; } = [];

    public int Instants { get; private set; }

    public int Fires { get; private set; }

    /// <param name="entry">An entry.</param>
    /// <param name="arrivals">When its jobs came, in order.</param>
    public void Check(LoadedEntry entry, IReadOnlyList<DateTimeOffset> arrivals)
    {
        Fires += arrivals.Count;
        if (entry.UnscheduledAt is { } gone && arrivals.Any(arrival => arrival > gone + OnItsWay))
        {
            Problems.Add($"{entry.Id} fired after it was unscheduled at {gone:HH:mm:ss.fff}");
        }

        // Jobs are taken in the order in which they were pushed.
        var instants = entry.Timing is EntryTiming.At at ? [.. arrivals.Select(_ => at.Instant)] : journal.Of(entry.Name);
        var fires = arrivals.Zip(instants, (arrival, instant) => (Arrival: arrival, Instant: instant)).ToList();
        if (arrivals.Count != instants.Count)
        {
            Problems.Add($"{entry.Id}: {arrivals.Count} jobs, but Redis has noted {instants.Count} fires");
        }

        Problems.AddRange(instants.GroupBy(instant => instant).Where(same => same.Count() > 1)
            .Select(same => $"{entry.Id} fired {same.Count()} times for {same.Key:HH:mm:ss.fff}"));
        Problems.AddRange(fires.Where(fire => fire.Arrival < fire.Instant)
            .Select(fire => $"{entry.Id} fired at {fire.Arrival:HH:mm:ss.fff}, before {fire.Instant:HH:mm:ss.fff}"));
        _lateness.AddRange(fires.Select(fire => (fire.Arrival - fire.Instant).TotalSeconds));
        var expected = Expected(entry);
        Instants += expected.Count;
        PassedOver.AddRange(expected.Except(instants).Select(instant => $"{entry.Id} did not fire for {instant:HH:mm:ss.fff}"));
    }

    public double Lateness(double quantile)
    {
        _lateness.Sort();
        return _lateness.Count == 0 ? 0 : _lateness[(int)((_lateness.Count - 1) * quantile)];
    }

    private List<DateTimeOffset> Expected(LoadedEntry entry)
    {
        var until = entry.UnscheduledAt is { } gone && gone - Doubtful < end ? gone - Doubtful : end;
        var instants = new List<DateTimeOffset>();
        for (var instant = First(entry); instant is { } one && one <= until; instant = Next(entry, one))
        {
            instants.Add(one);
        }

        return instants;
    }

    private static DateTimeOffset? First(LoadedEntry entry) => entry.Timing switch
    {
        EntryTiming.At at => at.Instant,
        EntryTiming.Every => entry.FirstSeen,
        _ => entry.FirstSeen?.AddTicks(TimeSpan.TicksPerMinute - 1) is { } minute
            ? minute.AddTicks(-(minute.UtcTicks % TimeSpan.TicksPerMinute))
            : null,
    };

    private static DateTimeOffset? Next(LoadedEntry entry, DateTimeOffset instant) => entry.Timing switch
    {
        EntryTiming.Every every => instant.AddSeconds(every.Seconds),
        EntryTiming.EveryMinute => instant.AddMinutes(1),
        _ => null,
    };
}
