using Dashtam.Jobs.Faults.History;
using Dashtam.Jobs.Faults.Load;

namespace Dashtam.Jobs.Faults.Checking;

/// <summary>What a Python producer with TaskIQ's default backend and schedule source is promised.</summary>
internal static class PythonRules
{
    private static readonly string[] OfPython = ["lpush", TimeSchedules.How];

    /// <summary>Each of its jobs that has a result has the same one as a pickle at its bare key; nobody else's job has one.</summary>
    public static IEnumerable<Violation> Unanswered(Evidence evidence)
    {
        var bare = evidence.Final.BareResults;
        foreach (var line in evidence.Of(HistoryKind.EnqueueAcknowledged))
        {
            if (line.TaskId is not { } id || line.Detail is null || !evidence.Final.Results.TryGetValue(id, out var result))
            {
                continue;
            }

            var isThere = bare.TryGetValue(id, out var isError);
            var problem = (OfPython.Contains(line.Detail), isThere) switch
            {
                (true, false) => "its result is not at the bare key, where a Python producer waits for it",
                (true, true) when isError is null => "no Python producer can read what is at the bare key",
                (true, true) when isError != result.IsError => "the results at both keys differ",
                (false, true) => "it is no Python producer's, and its result is at the bare key",
                _ => null,
            };
            if (problem is not null)
            {
                yield return new Violation(RuleName.Unanswered, id, problem, evidence.About(id));
            }
        }
    }

    /// <summary>An entry by time goes with its fire. That it fired, and once, its job's one result says.</summary>
    public static IEnumerable<Violation> Left(Evidence evidence)
    {
        var scheduled = evidence.Of(HistoryKind.EnqueueAcknowledged).Where(line => line.Detail == TimeSchedules.How)
            .Select(line => TimeSchedules.Entries + line.TaskId).ToHashSet(StringComparer.Ordinal);
        return evidence.Final.Keys
            .Where(key => scheduled.Contains(key.Name))
            .Select(key => new Violation(
                RuleName.MissedFire, key.Name, "it was scheduled by time, and is still there",
                evidence.About(key.Name[TimeSchedules.Entries.Length..])));
    }
}
