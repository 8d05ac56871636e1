namespace Dashtam.Jobs.Bench;

/// <summary>What is to be measured.</summary>
/// <param name="Workloads">Names, or none for all.</param>
/// <param name="Peers">Names, or none for all.</param>
/// <param name="Rounds">How often each peer runs each workload.</param>
/// <param name="RedisServer">The program.</param>
/// <param name="Smoke">Small runs that only show that everything runs.</param>
internal sealed record BenchOptions(
    IReadOnlyList<string> Workloads, IReadOnlyList<string> Peers, int Rounds, string RedisServer, bool Smoke)
{
    /// <summary>The folder with this program as it was at another commit, the only peer beside ours; null: none.</summary>
    public string? Against { get; init; }

    /// <summary>How many times the jobs of a throughput are run; more of them scatter less.</summary>
    public int Times { get; init; } = 1;

    /// <summary>The folder with other systems.</summary>
    public string PeersFolder { get; init; } = Path.Combine("bench", "peers");

    /// <summary>Where result files go.</summary>
    public string ResultsFolder { get; init; } = Path.Combine("bench", "results");
}
