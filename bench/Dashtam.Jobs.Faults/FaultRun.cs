using System.Globalization;
using Dashtam.Jobs.Core.Schedules;
using Dashtam.Jobs.Faults.Checking;
using Dashtam.Jobs.Faults.History;
using Dashtam.Jobs.Faults.Lab;
using Dashtam.Jobs.Faults.Load;
using Dashtam.Jobs.Faults.Planning;
using Dashtam.Jobs.Scheduler.Firing;

namespace Dashtam.Jobs.Faults;

/// <summary>What a run is asked for.</summary>
/// <param name="Seed">Where all chance comes from.</param>
/// <param name="Faults">How many.</param>
/// <param name="Folder">Where the history, the logs and the report go.</param>
/// <param name="OtherBuild">The folder with another commit's build, whose processes take turns with this one's; null: none.</param>
internal sealed record FaultRunRequest(int Seed, int Faults, string Folder, string? OtherBuild = null);

/// <summary>One run: start everything, disturb it, heal it, let it come to rest, gather the evidence.</summary>
internal sealed class FaultRun(FaultRunRequest request, HistoryRecorder history) : IAsyncDisposable
{
    private const int ProducerCount = 4;
    private static readonly TimeSpan EnqueuePause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan SchedulePause = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LongestDrain = TimeSpan.FromSeconds(300);

    /// <summary>Long enough for everybody to be well and for a catch-up; within it every instant must fire.</summary>
    private static readonly TimeSpan Quiet = TimeSpan.FromMilliseconds(CalmSpans.SettlingMs + FireRules.CatchUpMs);

    private readonly Poisoner _poisoner = new();
    private Laboratory? _lab;

    /// <summary>Runs it.</summary>
    /// <param name="onInjected">Called after each fault has begun.</param>
    /// <param name="onPhase">Called when something else begins.</param>
    public async Task<Evidence> RunAsync(Action<PlannedFault> onInjected, Action<string> onPhase)
    {
        var settings = LabSettings.Draw(request.Seed) with { OtherBuild = request.OtherBuild };
        if (request.OtherBuild is not null)
        {
            settings = settings with { WorkerQueues = null }; // the other build may serve one queue only
        }

        var lab = _lab = new Laboratory(request.Folder, settings, history, _poisoner.Watch);
        _poisoner.Lab = lab;
        var plan = FaultPlan.Draw(
            request.Seed, request.Faults,
            request.OtherBuild is null
                ? FaultMix.For(LabSettings.LeaseSeconds * 1_000)
                : FaultMix.WithRestarts(LabSettings.LeaseSeconds * 1_000));

        onPhase("start");
        await lab.StartAsync();
        await using var producers = await Producers.ConnectAsync(lab);
        using var loadEnds = new CancellationTokenSource();
        using var schedulesEnd = new CancellationTokenSource();
        var load = Task.WhenAll(Enumerable.Range(1, ProducerCount).Select(number =>
            producers.RunAsync(Name(number), new JobMaker(Name(number), Chance(number), lab.Queues.Count), EnqueuePause, loadEnds.Token)));
        var schedules = new TimeSchedules(producers.Queue, history, Chance(ProducerCount + 1))
            .RunAsync(Name(ProducerCount + 1), SchedulePause, schedulesEnd.Token);
        await Task.Delay(WarmUp);

        onPhase("faults");
        await new FaultInjector(lab, _poisoner).RunAsync(plan, onInjected, CancellationToken.None);
        await lab.Redis.HealAsync();
        history.Add(history.Now(HistoryKind.Healed));

        onPhase("quiet");
        await schedulesEnd.CancelAsync(); // what was scheduled last must be due, and fire, before the schedulers end
        await schedules;
        await Task.Delay(Quiet);
        await loadEnds.CancelAsync();
        await load;
        history.Add(history.Now(HistoryKind.LoadEnded));
        await Task.WhenAll(lab.Schedulers.Select(scheduler => scheduler.TerminateAsync()));

        onPhase("drain");
        return await GatherAsync(lab);
    }

    public async ValueTask DisposeAsync()
    {
        if (_lab is not null)
        {
            await _lab.DisposeAsync();
        }
    }

    private static string Name(int producer) => string.Create(CultureInfo.InvariantCulture, $"{JobMaker.IdPrefix}{producer}");

    private Random Chance(int producer) => new(request.Seed + producer);

    private async Task<Evidence> GatherAsync(Laboratory lab)
    {
        var redis = lab.Redis.Reader;
        var state = new FinalStateReader(lab.Redis.Server, lab.Redis.Database, lab.Queues);
        var deadline = TimeProvider.System.GetTimestamp();
        while (EndRules.IsUnderWay(await redis.ReadAsync("what is under way", state.ReadPlacesAsync))
            && TimeProvider.System.GetElapsedTime(deadline) < LongestDrain)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(250));
        }

        await Task.WhenAll(lab.Workers.Select(worker => worker.TerminateAsync()));
        var fsck = new DirectConnections(lab.Redis.Database);
        var final = await redis.ReadAsync("what is left in Redis", state.ReadAsync) with
        {
            Inconsistencies = await redis.ReadAsync(
                "what fsck finds", () => fsck.FindInconsistenciesAsync(lab.Queues, Laboratory.QueueOptions)),
        };
        await lab.Redis.EndAsync(kill: false);
        await using (var journal = File.OpenRead(lab.Redis.JournalPath))
        {
            foreach (var line in new JournalReader(lab.Keys).Read(journal))
            {
                history.Add(line);
            }
        }

        var bounds = lab.Queues.SelectMany(keys => KeyBound.Of(keys, Laboratory.QueueOptions)).ToList();
        return new Evidence(history.Events, final, Expected(), bounds);
    }

    private IReadOnlyList<ExpectedSchedule> Expected()
    {
        var events = history.Events;
        var ledger = events.Where(line => line.Kind == HistoryKind.JournalFired)
            .ToLookup(line => line.Schedule ?? "", StringComparer.Ordinal);
        var end = events.First(line => line.Kind == HistoryKind.LoadEnded).AtMs / 1_000;
        return
        [
            SinceItsFirstFire("check_expiring_tokens", LabSettings.TokenCron),
            SinceItsFirstFire("check_expiring_sessions", LabSettings.SessionCron),
            SinceItsRegistration(EveryInstant.Name, EveryInstant.Cron),
        ];

        ExpectedSchedule SinceItsFirstFire(string id, string cron)
        {
            var fires = ledger[id].Where(line => line.TaskId is not null).Select(line => line.Instant ?? 0);
            return new ExpectedSchedule(id, Instants(id, cron, fires.DefaultIfEmpty(end).Min() - 1, end));
        }

        ExpectedSchedule SinceItsRegistration(string id, string cron)
        {
            var registered = ledger[id].FirstOrDefault(line => line.TaskId is null)?.Instant;
            return new ExpectedSchedule(
                id,
                registered is { } after ? Instants(id, cron, after, Math.Max(end, ledger[id].Max(line => line.Instant) ?? 0)) : [],
                CatchesUpAll: true);
        }
    }

    private static List<long> Instants(string id, string cron, long after, long end)
    {
        var times = ScheduleCatalog.Read(
            new JobSchedule(id, id, cron, "UTC", Setting: null), TimeProvider.System.GetUtcNow()).Times;
        var instants = new List<long>();
        var at = DateTimeOffset.FromUnixTimeSeconds(after);
        while (times.NextAfter(at) is { } next && next.ToUnixTimeSeconds() <= end)
        {
            instants.Add(next.ToUnixTimeSeconds());
            at = next;
        }

        return instants;
    }
}
