using Dashtam.Jobs.Faults.History;

namespace Dashtam.Jobs.Faults.Checking;

/// <summary>How often a job may end.</summary>
internal static class SettlementRules
{
    /// <summary>
    /// A job has one result and one end, by Redis' journal, by the workers' word and by the counters.
    /// </summary>
    public static IEnumerable<Violation> Doubled(Evidence evidence) =>
        [.. Written(evidence), .. Said(evidence), .. Counted(evidence), .. BothEnds(evidence)];

    private static IEnumerable<Violation> Written(Evidence evidence) => evidence.Of(HistoryKind.JournalResult)
        .CountBy(line => line.TaskId ?? "", StringComparer.Ordinal)
        .Where(result => result.Value > 1)
        .Select(result => new Violation(
            RuleName.Doubled, result.Key, $"its result was written {result.Value} times", evidence.About(result.Key)));

    // The same attempt may run again, after a worker's death; it is settled once.
    private static IEnumerable<Violation> Said(Evidence evidence) =>
        from line in evidence.Of(HistoryKind.Succeeded, HistoryKind.Retried, HistoryKind.Failed)
        group line by (line.TaskId, line.Attempt) into settled
        where settled.Count() > 1
        select new Violation(
            RuleName.Doubled, settled.Key.TaskId ?? "", $"attempt {settled.Key.Attempt} was settled {settled.Count()} times",
            evidence.About(settled.Key.TaskId ?? ""));

    private static IEnumerable<Violation> Counted(Evidence evidence)
    {
        var counted = evidence.Final.Stats
            .Where(counter => counter.Key.EndsWith(":succeeded", StringComparison.Ordinal))
            .Sum(counter => counter.Value);
        var results = evidence.Final.Results.Count(result => !result.Value.IsError);
        if (counted != results)
        {
            yield return new Violation(
                RuleName.Doubled, "stats:jobs", $"{counted} successes were counted and {results} results are there", []);
        }
    }

    private static IEnumerable<Violation> BothEnds(Evidence evidence) =>
        from letter in evidence.Final.DeadLetters
        where letter.TaskId is not null
            && evidence.Final.Results.TryGetValue(letter.TaskId, out var result) && !result.IsError
        select new Violation(
            RuleName.Doubled, letter.TaskId!, "it has a result and is a dead letter", evidence.About(letter.TaskId!));
}
