namespace Dashtam.Jobs.Bench.Ceilings;

/// <summary>How a ceiling moves jobs.</summary>
/// <param name="Name">Its name among the peers.</param>
/// <param name="Loops">How many loops fetch and finish beside each other.</param>
/// <param name="Batch">How many jobs a loop holds at most.</param>
/// <param name="ByScript">One script for all of a batch; otherwise one command or script a job, pipelined.</param>
internal sealed record CeilingKind(string Name, int Loops, int Batch, bool ByScript)
{
    private const int LargeBatch = 512;
    private const int PipelinedBatch = 256;

    /// <summary>The names, from the simplest to the fastest.</summary>
    public static IReadOnlyList<string> Names { get; } = ["raw-loops", "raw-batch", "raw-lua-c", "raw-lua"];

    public static CeilingKind Of(string name, int concurrency) => name switch
    {
        "raw-loops" => new(name, concurrency, Batch: 1, ByScript: false),
        "raw-batch" => new(name, Loops: 1, PipelinedBatch, ByScript: false),
        "raw-lua-c" => new(name, Loops: 1, concurrency, ByScript: true),
        "raw-lua" => new(name, Loops: 1, LargeBatch, ByScript: true),
        _ => throw new ArgumentOutOfRangeException(nameof(name), name, "There is no such ceiling."),
    };
}
