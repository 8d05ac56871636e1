namespace Dashtam.Jobs.Faults.Checking;

/// <summary>What is in Redis when everything should be over.</summary>
internal sealed record FinalState
{
    public long Ready { get; init; }

    public long Delayed { get; init; }

    public long Parked { get; init; }

    public long Suspects { get; init; }

    /// <summary>Each processing list that there is, and how long it is.</summary>
    public IReadOnlyDictionary<string, long> Processing { get; init; } = new Dictionary<string, long>(StringComparer.Ordinal);

    public IReadOnlyList<DeadLetterState> DeadLetters { get; init; } = [];

    /// <summary>Results by task id.</summary>
    public IReadOnlyDictionary<string, ResultState> Results { get; init; } =
        new Dictionary<string, ResultState>(StringComparer.Ordinal);

    /// <summary>Whether the pickles at bare keys are errors, by task id; null: it is none that can be read.</summary>
    public IReadOnlyDictionary<string, bool?> BareResults { get; init; } = new Dictionary<string, bool?>(StringComparer.Ordinal);

    /// <summary>The counters of <c>{q}:stats:jobs</c>.</summary>
    public IReadOnlyDictionary<string, long> Stats { get; init; } = new Dictionary<string, long>(StringComparer.Ordinal);

    /// <summary>What <c>fsck</c> found, a line each.</summary>
    public IReadOnlyList<string> Inconsistencies { get; init; } = [];

    /// <summary>Every key of the server.</summary>
    public IReadOnlyList<KeyState> Keys { get; init; } = [];
}

/// <summary>A dead letter.</summary>
/// <param name="Reason">As Redis has it, in snake_case.</param>
/// <param name="TaskId">Its id; null when none could be read.</param>
/// <param name="Envelope">Its bytes as text.</param>
internal sealed record DeadLetterState(string Reason, string? TaskId, string Envelope);

/// <summary>A result.</summary>
/// <param name="IsError">Whether it is an error.</param>
/// <param name="Fence">The fence token that its run had; null: the run had no effect.</param>
/// <param name="EffectAccepted">Whether that run's effect was accepted.</param>
internal sealed record ResultState(bool IsError, long? Fence, bool? EffectAccepted);

/// <summary>A key.</summary>
/// <param name="Name">As it is spelled.</param>
/// <param name="Type">As <c>TYPE</c> says.</param>
/// <param name="Expires">Whether it has a lifetime.</param>
/// <param name="Length">Its elements; 1 for a string.</param>
internal sealed record KeyState(string Name, string Type, bool Expires, long Length);
