using Dashtam.Jobs.Faults.History;

namespace Dashtam.Jobs.Faults.Checking;

/// <summary>What must hold when everything is over.</summary>
internal static class EndRules
{
    /// <summary>Nothing is ready, delayed, parked, held or suspected any more.</summary>
    public static IEnumerable<Violation> Undrained(Evidence evidence) => Places(evidence.Final)
        .Where(place => place.Count > 0)
        .Select(place => new Violation(RuleName.Undrained, place.Place, $"{place.Count} are left", []));

    /// <summary>Whether there is something left to do.</summary>
    public static bool IsUnderWay(FinalState state) => Places(state).Any(place => place.Count > 0);

    /// <summary>Every key is known, has the lifetime that it needs, and stays under its cap.</summary>
    public static IEnumerable<Violation> Unbounded(Evidence evidence)
    {
        foreach (var key in evidence.Final.Keys)
        {
            var bound = evidence.Bounds.FirstOrDefault(bound => bound.Covers(key.Name));
            var problem = bound switch
            {
                null => "nobody knows this key",
                { Expires: true } when !key.Expires => "it has no lifetime",
                { Most: var most } when key.Length > most => $"it has {key.Length} elements, {most} are allowed",
                _ => null,
            };
            if (problem is not null)
            {
                yield return new Violation(RuleName.Unbounded, key.Name, problem, []);
            }
        }
    }

    /// <summary>What is left is consistent.</summary>
    public static IEnumerable<Violation> Inconsistent(Evidence evidence) => evidence.Final.Inconsistencies
        .Select(finding => new Violation(RuleName.Inconsistent, "fsck", finding, []));

    /// <summary>No process said that it failed, and none ended that nobody had ended.</summary>
    public static IEnumerable<Violation> Defects(Evidence evidence) => evidence.Of(HistoryKind.Defect)
        .Select(line => new Violation(RuleName.Defect, line.Process ?? "", line.Detail ?? "", [line]));

    private static IEnumerable<(string Place, long Count)> Places(FinalState state) =>
    [
        ("ready", state.Ready), ("delayed", state.Delayed), ("parked", state.Parked), ("suspects", state.Suspects),
        .. state.Processing.Select(list => (list.Key, list.Value)),
    ];
}
