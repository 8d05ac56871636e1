namespace Dashtam.Jobs.Faults.PythonSchedules;

/// <summary>Holds what came against what should have: each instant of each entry exactly once.</summary>
/// <param name="begin">When the load was written.</param>
/// <param name="end">Instants after it may or may not have fired.</param>
internal sealed class FireVerdict(DateTimeOffset begin, DateTimeOffset end)
{
    // What was pushed before an entry was unscheduled is taken out of the list a moment later.
    private static readonly TimeSpan OnItsWay = TimeSpan.FromMilliseconds(200);

    private readonly List<double> _lateness = [];

    public List<string> Problems { get; } = [];

    public int Instants { get; private set; }

    public int Fires { get; private set; }

    public void Check(LoadedEntry entry, IReadOnlyList<DateTimeOffset> fires)
    {
        Fires += fires.Count;
        if (entry.UnscheduledAt is { } gone && fires.Any(fire => fire > gone + OnItsWay))
        {
            Problems.Add($"{entry.Id} fired after it was unscheduled at {gone:HH:mm:ss.fff}");
        }

        var until = entry.UnscheduledAt is { } at && at < end ? at : end;
        var instants = Expected(entry, until);
        foreach (var instant in instants)
        {
            Instants++;
            var next = Next(entry, instant);
            var came = fires.Where(fire => fire >= instant && (next is null || fire < next)).ToList();
            if (came.Count > 1)
            {
                Problems.Add($"{entry.Id} fired {came.Count} times for {instant:HH:mm:ss}");
            }
            else if (came.Count == 0 && IsRequired(entry, instant, until))
            {
                Problems.Add($"{entry.Id} did not fire for {instant:HH:mm:ss}");
            }

            _lateness.AddRange(came.Select(fire => (fire - instant).TotalSeconds));
        }

        if (instants.Count == 0 ? fires.Count > 0 : fires.Any(fire => fire < instants[0]))
        {
            Problems.Add($"{entry.Id} fired before its time");
        }
    }

    public double Lateness(double quantile)
    {
        _lateness.Sort();
        return _lateness.Count == 0 ? 0 : _lateness[(int)((_lateness.Count - 1) * quantile)];
    }

    private List<DateTimeOffset> Expected(LoadedEntry entry, DateTimeOffset until)
    {
        if (entry.Timing is EntryTiming.At at)
        {
            return at.Instant <= until ? [at.Instant] : [];
        }

        var instants = new List<DateTimeOffset>();
        for (var instant = First(entry); instant is { } one && one <= until; instant = Next(entry, one))
        {
            instants.Add(one);
        }

        return instants;
    }

    private DateTimeOffset? First(LoadedEntry entry) => entry.Timing is EntryTiming.Every
        ? entry.FirstSeen
        : entry.FirstSeen is { } seen && seen >= begin.AddSeconds(-1) ? Minute(seen) == seen ? seen : Minute(seen).AddMinutes(1) : null;

    private static DateTimeOffset? Next(LoadedEntry entry, DateTimeOffset instant) => entry.Timing switch
    {
        EntryTiming.Every every => instant.AddSeconds(every.Seconds),
        EntryTiming.EveryMinute => instant.AddMinutes(1),
        _ => null,
    };

    // Around its end an entry may have fired or not.
    private static bool IsRequired(LoadedEntry entry, DateTimeOffset instant, DateTimeOffset until) =>
        entry.UnscheduledAt is null ? instant <= until : instant < until.AddSeconds(-2);

    private static DateTimeOffset Minute(DateTimeOffset time) => time.AddTicks(-(time.UtcTicks % TimeSpan.TicksPerMinute));
}
