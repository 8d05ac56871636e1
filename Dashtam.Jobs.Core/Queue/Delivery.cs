namespace Dashtam.Jobs.Core.Queue;

/// <summary>An envelope in a worker's hands. It can only be settled against the list that it was fetched into.</summary>
/// <param name="Envelope">The bytes as popped.</param>
/// <param name="Worker">The incarnation whose processing list holds it.</param>
internal sealed record Delivery(byte[] Envelope, string Worker)
{
    /// <summary>The schedule whose overlap policy watches this job, so that its end is noted; null: none does.</summary>
    public string? WatchedBy { get; init; }
}

/// <summary>What a fetch brought.</summary>
/// <param name="Registered">False: the worker was recovered and must go on under a new name; there are no deliveries.</param>
/// <param name="Deliveries">At most as many as were wanted.</param>
/// <param name="NextDue">How long until the earliest delayed job is due; null: there is none.</param>
internal sealed record FetchedBatch(bool Registered, IReadOnlyList<Delivery> Deliveries, TimeSpan? NextDue);

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
}
