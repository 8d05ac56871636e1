namespace Dashtam.Jobs.Core.Queue.HandOver;

/// <summary>What a hand-over is to do.</summary>
internal sealed record HandOverOptions
{
    /// <summary>Moves jobs; false: only says what would be moved.</summary>
    public bool Move { get; init; }

    /// <summary>Delayed jobs are moved as well: they run at once, whatever their due time.</summary>
    public bool Delayed { get; init; }
}

/// <summary>What a hand-over found and did.</summary>
/// <param name="Queue">The queue's name.</param>
/// <param name="Options">What it was asked for.</param>
/// <param name="Places">Where jobs were that Python cannot see.</param>
/// <param name="Names">The names of those jobs, and of ready ones.</param>
/// <param name="Delayed">Delayed jobs that stay.</param>
/// <param name="Ready">Ready jobs, which Python sees, when it began.</param>
/// <param name="DeadLetters">Dead letters, which stay.</param>
internal sealed record HandOverReport(
    string Queue, HandOverOptions Options, IReadOnlyList<HandOverPlace> Places, IReadOnlyList<NamedJobs> Names,
    DelayedJobs Delayed, long Ready, long DeadLetters)
{
    /// <summary>Whether nothing is left to be moved.</summary>
    public bool IsDone => Places.All(place => place.Problem is null && (Options.Move || place.Found == 0));
}

/// <summary>One place that Python does not look into.</summary>
/// <param name="Name"><c>held</c> by a worker that is gone, <c>isolated</c>, <c>parked</c>, or <c>delayed</c>.</param>
/// <param name="Key">Where.</param>
/// <param name="Found">Jobs in it at the beginning.</param>
internal sealed record HandOverPlace(string Name, string Key, long Found)
{
    /// <summary>Jobs that were made ready.</summary>
    public long Moved { get; init; }

    /// <summary>Why not all of them could be moved; null: they were, or nobody asked.</summary>
    public string? Problem { get; init; }
}

/// <summary>Jobs of one name.</summary>
/// <param name="Name">As it stands in their envelopes; null: that cannot be read.</param>
/// <param name="Count">How many there are.</param>
/// <param name="Python">What a Python worker makes of them.</param>
internal sealed record NamedJobs(string? Name, long Count, PythonView Python);

/// <summary>The delayed jobs that stay.</summary>
/// <param name="Count">How many there are.</param>
/// <param name="Earliest">Those that are due first, a hundred at most.</param>
internal sealed record DelayedJobs(long Count, IReadOnlyList<DelayedJob> Earliest);

/// <summary>One delayed job.</summary>
/// <param name="Due">When it is due; null: not within the next thousands of years.</param>
/// <param name="Name">Its name; null: it cannot be read.</param>
/// <param name="TaskId">Its id; null: it cannot be read.</param>
internal sealed record DelayedJob(DateTimeOffset? Due, string? Name, string? TaskId);
