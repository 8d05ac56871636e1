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

    /// <summary>The queue that it was fetched from, and that it is settled in; empty in a test of one queue.</summary>
    public string Queue { get; init; } = "";

    /// <summary>Whether the message has the field <c>labels_types</c>: its producer is a TaskIQ client.</summary>
    public bool HasLabelTypes { get; init; }

    /// <summary>The schedule whose overlap policy watches this job, so that its end is noted; null: none does.</summary>
    public string? WatchedBy { get; init; }
}

/// <summary>A job whose handler ignored its cancellation and that waits for its next attempt.</summary>
/// <param name="NextHash">SHA-1 of the next attempt's envelope.</param>
/// <param name="Alone">Whether it was all that its worker ran.</param>
/// <param name="Queue">Where it waits.</param>
internal readonly record struct HangingJob(string NextHash, bool Alone, string Queue = "");
