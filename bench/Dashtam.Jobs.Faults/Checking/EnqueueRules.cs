using Dashtam.Jobs.Faults.History;

namespace Dashtam.Jobs.Faults.Checking;

/// <summary>What an acknowledged enqueue promises.</summary>
internal static class EnqueueRules
{
    /// <summary>Each acknowledged job, and each job that a schedule fired, has a result or is a dead letter.</summary>
    public static IEnumerable<Violation> Lost(Evidence evidence)
    {
        var dead = evidence.Final.DeadLetters;
        var deadIds = dead.Select(letter => letter.TaskId).OfType<string>().ToHashSet(StringComparer.Ordinal);
        foreach (var enqueued in evidence.Of(HistoryKind.EnqueueAcknowledged, HistoryKind.JournalFired))
        {
            if (enqueued.TaskId is { } id && !evidence.Final.Results.ContainsKey(id) && !deadIds.Contains(id)
                && !dead.Any(letter => letter.TaskId is null && Names(letter.Envelope, id)))
            {
                yield return new Violation(
                    RuleName.Lost, id, "it is in the queue, said the acknowledgement, and has neither a result nor a dead letter",
                    evidence.About(id));
            }
        }
    }

    // Nobody could read the id of a malformed one; in its bytes it is a whole JSON string, as "a" is none in "a1".
    private static bool Names(string envelope, string id) => envelope.Contains($"\"{id}\"", StringComparison.Ordinal);
}
