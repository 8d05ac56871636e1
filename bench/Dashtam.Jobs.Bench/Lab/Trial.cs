using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using Dashtam.Jobs.Bench.Records;
using Dashtam.Jobs.Bench.Verbs;

namespace Dashtam.Jobs.Bench.Lab;

/// <summary>One run's surroundings: the peer, an empty Redis, and a folder.</summary>
internal sealed class Trial(Peer peer, RedisServer redis, string folder, Scale scale)
{
    /// <summary>Jobs before the clock starts, in the same worker.</summary>
    public const int WarmUp = 2_000;

    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan LongestVerb = TimeSpan.FromMinutes(30);

    public Peer Peer => peer;

    public RedisServer Redis => redis;

    /// <summary>Fewer jobs and seconds, where the run only shows that everything runs.</summary>
    public Scale Scale => scale;

    public RunRecords CreateRecords(int jobs) =>
        RunRecords.Create(Path.Combine(folder, Path.GetRandomFileName()), jobs);

    public string NewFile() => Path.Combine(folder, Path.GetRandomFileName());

    /// <summary>Starts a verb that runs until it is stopped.</summary>
    public PeerProcess Start(string verb, params IEnumerable<(string Name, object Value)> arguments) =>
        PeerProcess.Start(
            peer.Program, [.. peer.Arguments(verb), "--redis", redis.Url, .. Flags(arguments)],
            new Dictionary<string, string>(peer.Environment.Concat(scale.Environment), StringComparer.Ordinal));

    /// <summary>Starts a worker.</summary>
    /// <param name="records">Where it says what it has run.</param>
    /// <param name="concurrency">Jobs that it runs at once.</param>
    /// <param name="sleepMs">How long a job waits.</param>
    /// <param name="queues">What it serves, as <c>WORKER_QUEUES</c> takes it; null: the default queue.</param>
    public PeerProcess StartWorker(RunRecords records, int concurrency, int sleepMs = 0, string? queues = null) => Start(
        "worker", [("concurrency", concurrency), ("record", records.Path), ("sleep-ms", sleepMs), .. IfNamed("queues", queues)]);

    /// <summary>Fills a queue.</summary>
    /// <param name="first">The first job's number.</param>
    /// <param name="count">How many jobs.</param>
    /// <param name="queue">Its name; null: the default queue.</param>
    public async Task FillAsync(int first, int count, string? queue = null) =>
        await RunAsync("enqueue", [("count", count), ("first", first), .. IfNamed("queue", queue)]);

    /// <summary>Enqueues jobs at a steady rate, and waits until all of them and those of smaller numbers have ended.</summary>
    /// <returns>From the instant before each enqueue to the job's start, in ms, ascending.</returns>
    public async Task<double[]> WaitsAsync(PeerProcess worker, RunRecords records, PacedJobs paced)
    {
        var (enqueued, end) = (NewFile(), paced.First + paced.Count);
        await RunAsync(paced.Verb,
        [
            ("count", paced.Count), ("first", paced.First), ("rate", paced.PerSecond), ("enqueued", enqueued), .. IfNamed("queue", paced.Queue),
        ]);
        await UntilAsync(worker, () => records.EndedOf(end), end, Scale.Patience);
        var instants = Instants.Read(enqueued);
        return [.. Enumerable.Range(paced.First, paced.Count).Select(n => (records.Started(n) - instants[n]) / 1e6).Order()];
    }

    /// <summary>Runs a verb to its end.</summary>
    /// <returns>The line of JSON that it printed last; an empty object when it printed none.</returns>
    /// <exception cref="NotSupportedByPeerException">It has no such verb.</exception>
    /// <exception cref="BenchException">It failed.</exception>
    public async Task<JsonElement> RunAsync(string verb, params IEnumerable<(string Name, object Value)> arguments)
    {
        await using var process = Start(verb, arguments);
        if (!await process.EndsWithinAsync(LongestVerb))
        {
            throw new BenchException($"{peer.Name} {verb} had not ended after {LongestVerb}");
        }

        if (process.ExitCode == VerbCommand.NotSupported)
        {
            throw new NotSupportedByPeerException($"{peer.Name} has no {verb}: {process.Errors}");
        }

        if (process.ExitCode != 0)
        {
            throw new BenchException($"{peer.Name} {verb} ended with {process.ExitCode}: {process.Errors}");
        }

        var line = process.Output.LastOrDefault(line => line.StartsWith('{')) ?? "{}";
        return JsonDocument.Parse(line).RootElement;
    }

    /// <summary>Waits until a count is reached; gives up when the process ends or nothing happens for long.</summary>
    public async Task UntilAsync(PeerProcess process, Func<int> count, int wanted, TimeSpan patience)
    {
        var (last, since) = (-1, MonotonicClock.Nanoseconds);
        while (true)
        {
            var now = count();
            if (now >= wanted)
            {
                return;
            }

            if (now != last)
            {
                (last, since) = (now, MonotonicClock.Nanoseconds);
            }

            if (process.HasEnded)
            {
                throw new BenchException($"{peer.Name} ended by itself with {process.ExitCode}: {process.Errors}");
            }

            if (MonotonicClock.Nanoseconds - since > patience.TotalNanoseconds)
            {
                throw new BenchException(
                    $"{peer.Name} stopped at {now} of {wanted} for {patience.TotalSeconds} s: {process.Errors}");
            }

            await Task.Delay(Poll);
        }
    }

    /// <summary>Starts a worker, and lets it run the warm-up jobs, which are in the first of its queues.</summary>
    public async Task<PeerProcess> StartWarmWorkerAsync(RunRecords records, int concurrency, int sleepMs = 0, string? queues = null)
    {
        await FillAsync(0, scale.WarmUp, queues?.Split(',', '=')[0]);
        var worker = StartWorker(records, concurrency, sleepMs, queues);
        await UntilAsync(worker, () => records.EndedOf(scale.WarmUp), scale.WarmUp, Scale.Patience);
        return worker;
    }

    // Other systems do not know what is about our queues.
    private static IEnumerable<(string, object)> IfNamed(string flag, string? queues) => queues is null ? [] : [(flag, queues)];

    private static IEnumerable<string> Flags(IEnumerable<(string Name, object Value)> arguments) =>
        arguments.SelectMany(argument => new[]
        {
            "--" + argument.Name, string.Create(CultureInfo.InvariantCulture, $"{argument.Value}"),
        });
}

/// <summary>Jobs that are enqueued at a steady rate.</summary>
/// <param name="First">The first one's number, 1 at least.</param>
/// <param name="Count">How many.</param>
/// <param name="PerSecond">The rate.</param>
internal sealed record PacedJobs(int First, int Count, int PerSecond)
{
    /// <summary>What enqueues them.</summary>
    public string Verb { get; init; } = "enqueue-rate";

    /// <summary>Into which queue; null: the default queue.</summary>
    public string? Queue { get; init; }
}

/// <summary>How large a run is.</summary>
/// <param name="Jobs">Divides numbers of jobs.</param>
/// <param name="Time">Divides durations.</param>
internal sealed record Scale(int Jobs, int Time)
{
    public static Scale Full { get; } = new(1, 1);

    public static Scale Smoke { get; } = new(20, 20)
    {
        Environment = new Dictionary<string, string>(StringComparer.Ordinal) { ["WORKER_LEASE_SECONDS"] = "5" },
    };

    /// <summary>A small run does not wait out our default lease.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = ImmutableDictionary<string, string>.Empty;

    /// <summary>Multiplies the jobs of a throughput.</summary>
    public int Times { get; init; } = 1;

    /// <summary>How long nothing may happen before a run counts as stuck.</summary>
    public static TimeSpan Patience { get; } = TimeSpan.FromSeconds(120);

    public int WarmUp => Count(Trial.WarmUp);

    public int Count(int jobs) => Math.Max(1, jobs / Jobs);

    /// <summary>The jobs of a throughput.</summary>
    public int Many(int jobs) => Count(jobs) * Times;

    public TimeSpan Of(TimeSpan time) => time / Time;
}
