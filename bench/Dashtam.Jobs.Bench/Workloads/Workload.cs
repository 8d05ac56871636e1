using Dashtam.Jobs.Bench.Ceilings;
using Dashtam.Jobs.Bench.Lab;
using Dashtam.Jobs.Bench.Results;

namespace Dashtam.Jobs.Bench.Workloads;

/// <summary>Measures one peer once: the figures by <see cref="Metric.Id"/>.</summary>
internal delegate Task<Dictionary<string, double>> Measure(Trial trial);

/// <summary>Something to measure.</summary>
/// <param name="Name">As results and tables name it: <c>w1</c>.</param>
/// <param name="Measure">How.</param>
internal sealed record Workload(string Name, Measure Measure)
{
    private static readonly TimeSpan NoSleep = TimeSpan.Zero;

    // All ceilings enqueue alike, and only moving jobs is what they show the limit of.
    private static readonly string[] OneProducer = ["raw-loops"];
    private static readonly string[] Fairest = ["raw-lua-c"];

    /// <summary>The ceilings that say something here; the others have no equal of it.</summary>
    public IReadOnlyList<string> Ceilings { get; init; } = [];

    /// <summary>Whether it is about something that only this service has, and that an earlier commit of it may lack.</summary>
    public bool OnlyOurs { get; init; }

    /// <summary>All, in the order in which they run.</summary>
    public static IReadOnlyList<Workload> All { get; } =
    [
        new("w1", trial => Throughput.MeasureAsync( // and w5
            trial, new("w1/jobs", 20_000, Concurrency: 10, NoSleep) { TakesCpu = true }))
        {
            Ceilings = CeilingKind.Names,
        },
        new("w1c50", trial => Throughput.MeasureAsync(trial, new("w1c50/jobs", 20_000, Concurrency: 50, NoSleep)))
        {
            Ceilings = CeilingKind.Names,
        },
        new("w2", trial => Enqueueing.MeasureAsync(trial, "enqueue-each", "w2/jobs")) { Ceilings = OneProducer },
        new("w2b", trial => Enqueueing.MeasureAsync(trial, "enqueue-bulk", "w2b/jobs")) { Ceilings = OneProducer },
        new("w3", Latency.MeasureAsync) { Ceilings = OneProducer },
        new("w4", DueBurst.MeasureAsync),
        new("w4p", EverySecond.MeasureAsync),
        new("w6", Idle.MeasureAsync),
        new("w7", Crash.MeasureAsync),
        new("w8", Depth.MeasureAsync) { Ceilings = Fairest },
        new("w9", trial => Throughput.MeasureAsync(
            trial, new("w9/jobs", 10_000, Concurrency: 100, TimeSpan.FromMilliseconds(50)))) { Ceilings = Fairest },
        new("wq", SeveralQueues.MeasureAsync) { OnlyOurs = true },
        new("start", StartUp.MeasureAsync),
    ];

    /// <summary>Whether a peer runs this one.</summary>
    public bool Includes(Peer peer) => OnlyOurs
        ? peer.Name == Peer.OursName
        : !peer.IsCeiling || Ceilings.Contains(peer.Name, StringComparer.Ordinal);
}
