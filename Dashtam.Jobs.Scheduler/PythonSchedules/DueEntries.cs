using Dashtam.Jobs.Core.PythonSchedules;

namespace Dashtam.Jobs.Scheduler.PythonSchedules;

/// <summary>
/// Fires the entries that are due, by Redis' clock. Every scheduler does so; the fire's script lets one through for each instant.
/// </summary>
internal sealed partial class DueEntries(
    IPythonScheduleStore store, EntryIntake intake, EntryJudge judge, Random random, ILogger<DueEntries> logger)
{
    /// <summary>Entries that are read and fired at once.</summary>
    internal const int FiredAtOnce = 100;

    // Schedulers that all take the same ones first would stand in each other's way: each takes some of these.
    private const int LookedAt = 500;

    // An entry whose task no worker knows at the moment: a restart of the workers must not cost it what is known of it.
    private static readonly TimeSpan AskedAgainAfter = TimeSpan.FromSeconds(10);

    /// <summary>Fires what is due, until nothing is left that this scheduler can fire.</summary>
    /// <returns>The jobs that this call brought into the queue.</returns>
    public async Task<int> FireAsync(CancellationToken stoppingToken)
    {
        var fired = 0;
        while (true)
        {
            var now = await store.GetTimeAsync(stoppingToken);
            var due = await store.DueAsync(now, LookedAt, stoppingToken);
            if (due.Count == 0)
            {
                return fired;
            }

            string[] names = [.. due];
            random.Shuffle(names);
            var entries = await store.ReadAsync(names[..Math.Min(names.Length, FiredAtOnce)], stoppingToken);
            var codes = await Task.WhenAll(entries.Select(entry => FireAsync(entry, now, stoppingToken)));
            var mine = codes.Count(code => code == PythonFireCode.Fired);
            fired += mine;
            if (mine == 0)
            {
                return fired; // other schedulers fire what is left, or nobody may: the next look tells
            }
        }
    }

    private async Task<PythonFireCode?> FireAsync(StoredEntry entry, DateTimeOffset now, CancellationToken stoppingToken)
    {
        if (entry.Bytes is not { } bytes || EntryState.Parse(entry.State) is null)
        {
            await intake.TakeAsync(entry, now, stoppingToken);
            return null;
        }

        if (ScheduleSource.ListedId(entry.Name) is null && entry.Twin is not null)
        {
            await store.ForgetAsync(entry, stoppingToken);
            return null;
        }

        switch (await judge.JudgeAsync(bytes, stoppingToken))
        {
            case Judgement.Ours ours:
                return await FireAsync(entry, ours, now, stoppingToken);
            case Judgement.Odd { Kind: OddEntry.NotOurs } odd:
                await intake.LeaveAsync(entry, odd, stoppingToken);
                await store.IndexAsync(entry, EntryState.Parse(entry.State)!, now + AskedAgainAfter, stoppingToken); // parsed above
                return null;
            case Judgement.Odd odd:
                await intake.LeaveAsync(entry, odd, stoppingToken);
                return null;
            default:
                return null;
        }
    }

    private async Task<PythonFireCode?> FireAsync(
        StoredEntry entry, Judgement.Ours ours, DateTimeOffset now, CancellationToken stoppingToken)
    {
        var state = EntryIntake.State(entry, ours, now);
        if (ours.Instants.Due(state.FirstSeen, state.LastFired, now) is not { } instant || instant > now)
        {
            // It was overwritten with another time, or another scheduler has fired it since the look.
            await store.IndexAsync(entry, state, EntryIntake.Next(ours, state, now), stoppingToken);
            return null;
        }

        var isOnce = ours.Entry.Timing is ScheduleTiming.At;
        var after = state with { LastFired = instant };
        var message = ours.Entry.ToMessage(FireId.New(ours.Entry.ScheduleId));
        var fire = new PythonFire(entry, instant, message, isOnce ? null : after, isOnce ? instant : EntryIntake.Next(ours, after, now))
        {
            RemovesTwin = isOnce && MeansTheSame(entry.Twin, ours.Entry),
        };
        var code = await store.FireAsync(fire, stoppingToken);
        if (code == PythonFireCode.Fired)
        {
            LogFired(entry.Name, instant, message.TaskName, message.TaskId);
        }

        return code;
    }

    private static bool MeansTheSame(byte[]? twin, ScheduleEntry entry) =>
        twin is not null && ScheduleEntryReader.TryRead(twin, out var other, out _) && other.Timing == entry.Timing;

    [LoggerMessage(EventName = "python_schedule_fired", Level = LogLevel.Information,
        Message = "The entry {Entry} of a Python producer fired for {Instant:O}: {Job} is in the queue as {TaskId}")]
    private partial void LogFired(string entry, DateTimeOffset instant, string job, string taskId);
}
