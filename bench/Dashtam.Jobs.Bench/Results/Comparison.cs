using Dashtam.Jobs.Bench.Lab;

namespace Dashtam.Jobs.Bench.Results;

/// <summary>One figure of one peer, over all rounds.</summary>
/// <param name="Peer">Whose.</param>
/// <param name="Metric">Which.</param>
/// <param name="Value">What was measured.</param>
/// <param name="Ratio">Ours divided by the peer's, round by round; null: one is missing, or it divides by 0.</param>
/// <param name="Rounds">How many rounds.</param>
internal sealed record Row(Metric Metric, string Peer, Spread Value, Spread? Ratio, int Rounds);

/// <summary>
/// Compares peers with us, round by round: on a machine that others use, only what ran side by side is comparable.
/// </summary>
internal static class Comparison
{
    public static IReadOnlyList<Row> Of(IReadOnlyList<RunResult> results)
    {
        var peers = results.Select(result => result.Peer).Distinct(StringComparer.Ordinal).ToArray();
        return [.. Metric.All.SelectMany(metric => peers
            .Select(peer => RowOf(metric, peer, results))
            .OfType<Row>())];
    }

    private static Row? RowOf(Metric metric, string peer, IReadOnlyList<RunResult> results)
    {
        var theirs = ByRound(metric, peer, results);
        if (theirs.Count == 0)
        {
            return null;
        }

        var ours = ByRound(metric, Peer.OursName, results);
        double[] ratios = [.. theirs
            .Where(pair => pair.Value != 0 && ours.ContainsKey(pair.Key))
            .Select(pair => ours[pair.Key] / pair.Value)];
        Spread? ratio = peer == Peer.OursName || ratios.Length == 0 ? null : Spread.Of(ratios);
        return new Row(metric, peer, Spread.Of(theirs.Values), ratio, theirs.Count);
    }

    // A file that was appended to by a second session has a round 1 twice; the machine may have been another then.
    private static Dictionary<(string Session, int Round), double> ByRound(
        Metric metric, string peer, IReadOnlyList<RunResult> results) => results
        .Where(result => result.Peer == peer && result.Figures.ContainsKey(metric.Id))
        .GroupBy(result => (result.Session, result.Round))
        .ToDictionary(round => round.Key, round => round.Last().Figures[metric.Id]);
}
