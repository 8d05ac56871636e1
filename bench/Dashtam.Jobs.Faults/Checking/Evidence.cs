using Dashtam.Jobs.Faults.History;

namespace Dashtam.Jobs.Faults.Checking;

/// <summary>All that the checker knows: it reads nothing else.</summary>
/// <param name="History">The lines, in the order in which they were told.</param>
/// <param name="Final">What was left in Redis.</param>
/// <param name="Schedules">The times at which schedules had to fire.</param>
/// <param name="Bounds">What each key may be.</param>
internal sealed record Evidence(
    IReadOnlyList<HistoryEvent> History,
    FinalState Final,
    IReadOnlyList<ExpectedSchedule> Schedules,
    IReadOnlyList<KeyBound> Bounds)
{
    /// <summary>The lines of one kind.</summary>
    public IEnumerable<HistoryEvent> Of(params HistoryKind[] kinds) => History.Where(line => kinds.Contains(line.Kind));

    /// <summary>All that is told of a job, for whoever has to find out what happened to it.</summary>
    public IReadOnlyList<HistoryEvent> About(string taskId) => [.. History.Where(line => line.TaskId == taskId)];
}

/// <summary>A schedule, and its cron instants during the run in ascending order, in Unix seconds.</summary>
/// <param name="Id">The schedule's id.</param>
/// <param name="Instants">
/// Those between its registration and the end of the load, or of its fires when that was later; none: nobody registered it.
/// </param>
/// <param name="CatchesUpAll">Whether every instant fires, sooner or later; else only the latest one that was missed.</param>
internal sealed record ExpectedSchedule(string Id, IReadOnlyList<long> Instants, bool CatchesUpAll = false);

/// <summary>A promise that was broken.</summary>
/// <param name="Rule">Which: the table's row.</param>
/// <param name="Subject">By what: a task id, a key, a schedule's instant.</param>
/// <param name="Problem">What is wrong.</param>
/// <param name="Lines">What the history tells of it.</param>
internal sealed record Violation(RuleName Rule, string Subject, string Problem, IReadOnlyList<HistoryEvent> Lines);

/// <summary>What the checker decides; the rows of its table.</summary>
internal enum RuleName
{
    /// <summary>An acknowledged job has neither a result nor a dead letter.</summary>
    Lost,

    /// <summary>A job ended twice.</summary>
    Doubled,

    /// <summary>An effect was accepted under a token lower than one before it, or tokens do not grow.</summary>
    StaleEffect,

    /// <summary>A scheduled instant did not fire although some scheduler could.</summary>
    MissedFire,

    /// <summary>A scheduled instant fired twice, or an instant that is none.</summary>
    DoubledFire,

    /// <summary>A Python producer waits at a bare key, and its job's result is not there, or cannot be read.</summary>
    Unanswered,

    /// <summary>A worker was recovered that only a wrong clock made look dead.</summary>
    LivingRecovered,

    /// <summary>Something is still under way when everything should be over.</summary>
    Undrained,

    /// <summary>A key that nobody knows, without the lifetime that it needs, or above its cap.</summary>
    Unbounded,

    /// <summary><c>fsck</c> found something.</summary>
    Inconsistent,

    /// <summary>A process failed by itself.</summary>
    Defect,
}
