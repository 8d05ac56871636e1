namespace Dashtam.Jobs.Core.Queue.Fetching;

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
