using Dashtam.Jobs.Faults.History;

namespace Dashtam.Jobs.Faults.Checking;

/// <summary>What fence tokens promise.</summary>
internal static class EffectRules
{
    /// <summary>
    /// No effect is accepted under a token below one accepted before it, and a result carries the highest one.
    /// </summary>
    public static IEnumerable<Violation> Stale(Evidence evidence) =>
        [.. ByJournal(evidence), .. ByOffers(evidence), .. Shared(evidence), .. NotTheHighest(evidence)];

    private static IEnumerable<Violation> ByJournal(Evidence evidence) =>
        Decreasing(evidence.Of(HistoryKind.JournalEffect), "Redis wrote it");

    private static IEnumerable<Violation> ByOffers(Evidence evidence) => Decreasing(
        evidence.Of(HistoryKind.Effect).Where(line => line.Accepted == true).OrderBy(line => line.Order),
        "its worker was told so");

    private static IEnumerable<Violation> Decreasing(IEnumerable<HistoryEvent> accepted, string source)
    {
        var highest = new Dictionary<string, long>(StringComparer.Ordinal);
        foreach (var line in accepted)
        {
            var name = line.Effect ?? "";
            var before = highest.GetValueOrDefault(name, long.MinValue);
            if (line.Fence < before)
            {
                yield return new Violation(
                    RuleName.StaleEffect, name, $"token {line.Fence} was accepted after token {before}: {source}",
                    [.. accepted.Where(other => other.Effect == name)]);
            }

            highest[name] = Math.Max(before, line.Fence ?? before);
        }
    }

    // A token belongs to one delivery: one job, one worker's incarnation.
    private static IEnumerable<Violation> Shared(Evidence evidence) =>
        from line in evidence.Of(HistoryKind.Effect)
        where line.Fence is not null
        group line by line.Fence into token
        where token.Select(line => (line.Effect, line.Worker)).Distinct().Count() > 1
        select new Violation(
            RuleName.StaleEffect, token.First().Effect ?? "", $"token {token.Key} was given to two deliveries", [.. token]);

    private static IEnumerable<Violation> NotTheHighest(Evidence evidence)
    {
        var highest = evidence.Of(HistoryKind.JournalEffect)
            .GroupBy(line => line.Effect ?? "", StringComparer.Ordinal)
            .ToDictionary(effect => effect.Key, effect => effect.Max(line => line.Fence), StringComparer.Ordinal);
        return
            from result in evidence.Final.Results
            where result.Value.Fence is not null
                && (result.Value.EffectAccepted != true || highest.GetValueOrDefault(result.Key) != result.Value.Fence)
            select new Violation(
                RuleName.StaleEffect, result.Key,
                $"its result was written by the run with token {result.Value.Fence}, the highest one accepted is "
                    + $"{highest.GetValueOrDefault(result.Key)}",
                evidence.About(result.Key));
    }
}
