using Dashtam.Jobs.Core.Logging;
using Dashtam.Jobs.Core.Wire;

namespace Dashtam.Jobs.Core.Queue;

/// <summary>An envelope in a worker's hands. It can only be settled against the list that it was fetched into.</summary>
/// <param name="Envelope">The bytes as popped.</param>
/// <param name="Worker">The incarnation whose processing list holds it.</param>
/// <param name="Moves">How often recovery, or a recycle, moved it, as far as that matters: from <see cref="AloneFrom"/> on it runs alone.</param>
internal sealed record Delivery(byte[] Envelope, string Worker, int Moves = 0)
{
    /// <summary>
    /// Two workers died while they held it, perhaps because of it. A death is held against a job only when nothing else ran
    /// beside it, so from here on it runs alone.
    /// </summary>
    public const int AloneFrom = 2;

    /// <summary>Workers that died, or ended themselves because its handler hung, while this job was all they ran.</summary>
    public int DeathsAlone => Math.Max(0, Moves - AloneFrom);

    /// <summary>Whether it must have a worker for itself.</summary>
    public bool RunsAlone => Moves >= AloneFrom;

    /// <summary>The task id as a log line shows it, for whoever has not parsed the envelope.</summary>
    public string ShortTaskId => Cut.Name(TaskIdReader.Find(Envelope) ?? "unknown");

    /// <summary>
    /// Whether the count of its moves is kept when it leaves the list, because its handler hangs, or hanging handlers end its worker.
    /// </summary>
    public bool KeepsCount { get; init; }

    /// <summary>Whether the message has the field <c>labels_types</c>: its producer is a TaskIQ client.</summary>
    public bool HasLabelTypes { get; init; }

    /// <summary>The schedule whose overlap policy watches this job, so that its end is noted; null: none does.</summary>
    public string? WatchedBy { get; init; }
}

/// <summary>A job whose handler ignored its cancellation and that waits for its next attempt.</summary>
/// <param name="NextHash">SHA-1 of the next attempt's envelope.</param>
/// <param name="Alone">Whether it was all that its worker ran.</param>
internal readonly record struct HangingJob(string NextHash, bool Alone);

/// <summary>What a fetch asks for.</summary>
/// <param name="Slots">Jobs that start at once.</param>
/// <param name="Ahead">Jobs more at most, taken only while the queue is so deep that as many are left for others.</param>
internal readonly record struct FetchRequest(int Slots, int Ahead)
{
    /// <summary>Bytes after which no more are taken; the job that reaches that number is.</summary>
    public long MostBytes { get; init; } = long.MaxValue;

    /// <summary>Whether the worker could run a suspect alone: not while an abandoned handler still runs.</summary>
    public bool MayRunAlone { get; init; }

    /// <summary>Jobs in all, at most.</summary>
    public int Most => Slots + Ahead;
}

/// <summary>What the caller is to do after a fetch. The numbers are the script's.</summary>
internal enum FetchCode
{
    /// <summary>The worker was recovered and must go on under a new name.</summary>
    NotRegistered = 0,

    /// <summary>Run the deliveries.</summary>
    Run = 1,

    /// <summary>A suspect waits and no worker is idle: let what runs end, and ask again.</summary>
    LetEnd = 2,

    /// <summary>Run the one delivery, and nothing beside it.</summary>
    RunAlone = 3,
}

/// <summary>What a fetch brought.</summary>
/// <param name="Code">What to do.</param>
/// <param name="Deliveries">At most as many as were wanted.</param>
/// <param name="NextDue">How long until the earliest delayed job is due; null: there is none.</param>
/// <param name="TooLarge">Envelopes that became dead letters at once, because they are larger than <c>JOBS_MAX_ENVELOPE_BYTES</c>.</param>
internal sealed record FetchedBatch(
    FetchCode Code, IReadOnlyList<Delivery> Deliveries, TimeSpan? NextDue, int TooLarge = 0);

/// <summary>How the queue answered when a delivery was to leave the processing list. The numbers are the scripts'.</summary>
internal enum Settlement
{
    /// <summary>The worker was recovered: the job is somebody else's, nothing was written.</summary>
    Fenced = 0,

    /// <summary>Done now.</summary>
    Done = 1,

    /// <summary>Done by an earlier try whose reply was lost.</summary>
    AlreadyDone = 2,

    /// <summary>The place is full, nothing was written; only parking answers so.</summary>
    Full = 3,

    /// <summary>Done now, but its result is not stored: something else than a result stands at its key, and stays there.</summary>
    DoneWithoutResult = 4,

    /// <summary>Done now, but at the bare key stands something else than a result. Only between the scripts and the queue.</summary>
    DoneBareKeyTaken = 5,

    /// <summary>Done now, but Redis refused the bare key. Only between the scripts and the queue.</summary>
    DoneBareKeyRefused = 6,
}
