using System.Text.Json;
using System.Text.Json.Serialization;

namespace Dashtam.Jobs.Bench.Results;

/// <summary>One run of one peer: a line of a result file.</summary>
internal sealed record RunResult
{
    public required DateTimeOffset At { get; init; }

    public required string Workload { get; init; }

    public required string Peer { get; init; }

    public required int Round { get; init; }

    /// <summary>The file that it was read from: rounds of two files have nothing to do with each other.</summary>
    [JsonIgnore]
    public string Session { get; init; } = "";

    public IReadOnlyDictionary<string, double> Figures { get; init; } =
        new Dictionary<string, double>(StringComparer.Ordinal);

    /// <summary>Why there are no figures.</summary>
    public string? Failure { get; init; }

    /// <summary>Whether the peer just has no equal of what was asked; that is no failure of the run.</summary>
    public bool NotSupported { get; init; }

    public required Machine Machine { get; init; }
}

/// <summary>Result files: one JSON object a line.</summary>
internal static class ResultLog
{
    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };

    public static void Append(string path, RunResult result) =>
        File.AppendAllText(path, JsonSerializer.Serialize(result, Json) + "\n");

    public static IReadOnlyList<RunResult> Read(string path) =>
        [.. File.ReadLines(path).Where(line => line.Length > 0).Select(line => Parse(line) with { Session = path })];

    /// <exception cref="JsonException">It is no result.</exception>
    internal static RunResult Parse(string line) =>
        JsonSerializer.Deserialize<RunResult>(line, Json)
        ?? throw new JsonException("A result file has a line 'null'.");
}
