using System.Globalization;
using Dashtam.Jobs.Core.Queue;
using Dashtam.Jobs.Faults.History;
using Dashtam.Jobs.Faults.Lab;
using Dashtam.Jobs.Faults.Reports;
using Microsoft.Extensions.Options;
using Spectre.Console;

namespace Dashtam.Jobs.Faults.PythonSchedules;

/// <summary>Schedules of Python producers, with three schedulers of which one is killed every five seconds: each instant once?</summary>
internal static class PythonSchedulesCommand
{
    private const int Listed = 1_000;
    private const int Legacy = 200;
    private const int Unscheduled = 100;
    private const int Overwritten = 50;
    private const int Odd = 20;
    private const int Schedulers = 3;
    private const int ShownAtMost = 20;
    private static readonly TimeSpan BetweenKills = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(8);
    private static readonly TimeSpan Settled = TimeSpan.FromSeconds(12);
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(3);

    /// <summary>Runs it and prints the verdict.</summary>
    /// <param name="seconds">For how long schedulers are killed.</param>
    /// <param name="fixtures">Where TaskIQ's captured entries are.</param>
    /// <param name="output">Where logs go.</param>
    /// <returns>0: every instant exactly once, and lateness as promised; 1 otherwise.</returns>
    public static async Task<int> RunAsync(int seconds, string fixtures, string output)
    {
        var folder = Path.GetFullPath(output);
        if (Directory.Exists(folder))
        {
            Directory.Delete(folder, recursive: true);
        }

        Directory.CreateDirectory(folder);
        var console = Terminal.Console();
        using var history = new HistoryRecorder(Path.Combine(folder, "history.jsonl"), TimeProvider.System, keep: false);
        var isKept = await FireAsync(TimeSpan.FromSeconds(seconds), new EntryBytes(fixtures), folder, history, console);
        await new IdleCost(new EntryBytes(fixtures), folder, history, console).MeasureAsync();
        return isKept ? 0 : 1;
    }

    private static async Task<bool> FireAsync(
        TimeSpan length, EntryBytes bytes, string folder, HistoryRecorder history, IAnsiConsole console)
    {
        await using var redis = new RedisServer(Path.Combine(folder, "redis"), history, keepsJournal: false);
        await redis.StartAsync();
        await redis.Database.ExecuteAsync("CONFIG", "SET", "appendfsync", "everysec"); // nothing here ends Redis: as it is deployed
        var keys = new QueueKeys(Options.Create(new QueueOptions()));
        await using var fleet = new SchedulerFleet(folder, redis.Port, new Dictionary<string, string>(StringComparer.Ordinal));
        await fleet.StartAsync(Schedulers);
        await Task.Delay(WarmUp);

        using var stop = new CancellationTokenSource();
        var recorder = new FireRecorder(redis.Database, keys.Ready);
        var recording = recorder.RunAsync(stop.Token);
        var load = new EntryLoad(redis.Database, keys, bytes);
        var begin = TimeProvider.System.GetUtcNow();
        await WriteAsync(load, begin, length);
        var written = TimeProvider.System.GetUtcNow();
        console.WriteLine($"{Listed + Legacy} entries and {Odd} odd ones in {(written - begin).TotalSeconds:N1} s");
        await DisturbAsync(load, fleet, written, length);
        var end = TimeProvider.System.GetUtcNow();
        await Task.Delay(Grace);
        foreach (var entry in load.Entries.Where(entry => entry.FirstSeen is null))
        {
            entry.FirstSeen = await redis.Reader.ReadAsync("when an entry was first seen", () => load.FirstSeenAsync(entry));
        }

        await fleet.DisposeAsync(); // before the last job is taken: the journal must hold no fire whose job was not
        await stop.CancelAsync();
        await recording;
        var verdict = new FireVerdict(FireJournal.Read(redis.JournalPath, keys), end);
        load.Entries.ForEach(entry => verdict.Check(entry, recorder.Of(entry.Id)));
        var untouched = await redis.Reader.ReadAsync("the odd entries", load.UntouchedAsync);
        return Print(verdict, load, untouched, fleet, console);
    }

    /// <summary>All but every fourth time of the list source, which are scheduled on the way, two seconds ahead.</summary>
    private static async Task WriteAsync(EntryLoad load, DateTimeOffset begin, TimeSpan length)
    {
        var random = new Random(1);
        var writes = new List<Task>();
        for (var i = 0; i < Listed + Legacy; i++)
        {
            // The last ones have time to be put off.
            var time = begin + Settled + ((length - (2 * Settled)) * random.NextDouble());
            EntryTiming timing = (i % 10) switch
            {
                < 3 => new EntryTiming.EveryMinute(),
                < 6 => new EntryTiming.Every(5),
                _ => new EntryTiming.At(time),
            };
            var entry = new LoadedEntry($"entry-{i}", IsListed: i < Listed, IsPickle: i / 10 % 2 == 0) { Timing = timing };
            if (entry.IsListed && i % 10 == 9)
            {
                load.Entries.Add(entry);
            }
            else
            {
                writes.Add(load.AddAsync(entry));
            }
        }

        writes.AddRange(Enumerable.Range(0, Odd).Select(load.AddOddAsync));
        await Task.WhenAll(writes);
    }

    private static async Task DisturbAsync(EntryLoad load, SchedulerFleet fleet, DateTimeOffset begin, TimeSpan length)
    {
        var actions = new PriorityQueue<Func<Task>, DateTimeOffset>();
        var random = new Random(2);
        foreach (var (late, i) in load.Entries.Where(entry => entry.IsListed && entry.Id.EndsWith('9')).Select((entry, i) => (entry, i)))
        {
            actions.Enqueue(() => load.AddLaterAsync(late), ((EntryTiming.At)late.Timing).Instant.AddSeconds(-2));
        }

        var others = load.Entries.Where(entry => !entry.IsListed || !entry.Id.EndsWith('9')).ToArray();
        random.Shuffle(others);
        foreach (var entry in others[..Unscheduled])
        {
            actions.Enqueue(() => load.UnscheduleAsync(entry), begin + Settled + ((length - (2 * Settled)) * random.NextDouble()));
        }

        foreach (var entry in others[Unscheduled..].Where(entry => entry.Timing is EntryTiming.At).Take(Overwritten))
        {
            var time = ((EntryTiming.At)entry.Timing).Instant;
            actions.Enqueue(() => load.OverwriteAsync(entry, time.AddSeconds(5)), time.AddSeconds(-0.5 - (3 * random.NextDouble())));
        }

        for (var kill = BetweenKills; kill < length; kill += BetweenKills)
        {
            actions.Enqueue(fleet.KillNextAsync, begin + kill);
        }

        actions.Enqueue(() => Task.CompletedTask, begin + length);
        while (actions.TryDequeue(out var action, out var at))
        {
            var wait = at - TimeProvider.System.GetUtcNow();
            if (wait > TimeSpan.Zero)
            {
                await Task.Delay(wait);
            }

            await action();
        }
    }

    private static bool Print(FireVerdict verdict, EntryLoad load, int untouched, SchedulerFleet fleet, IAnsiConsole console)
    {
        var named = load.Odd.Keys.Count(name =>
            fleet.Lines("python_schedule_unreadable", name) + fleet.Lines("python_schedule_not_ours", name) == 1);
        foreach (var problem in verdict.Problems.Take(ShownAtMost).Concat(verdict.PassedOver.Take(ShownAtMost)))
        {
            console.WriteLine($"broken: {problem}");
        }

        string Seconds(double quantile) => verdict.Lateness(quantile).ToString("N3", CultureInfo.InvariantCulture);
        console.WriteLine($"{verdict.Instants} instants, {verdict.Fires} fires, {fleet.Kills} schedulers killed");
        console.WriteLine($"fired twice, too early or after they were unscheduled: {verdict.Problems.Count}");
        console.WriteLine($"passed over, because nobody fired them before the next instant: {verdict.PassedOver.Count}");
        console.WriteLine($"lateness: p50 {Seconds(0.5)} s, p99 {Seconds(0.99)} s, largest {Seconds(1)} s");
        console.WriteLine($"odd entries: {untouched} of {load.Odd.Count} untouched, {named} named exactly once");
        return verdict is { Problems.Count: 0, PassedOver.Count: 0 } && verdict.Lateness(0.99) < 1
            && untouched == load.Odd.Count && named == load.Odd.Count;
    }
}
