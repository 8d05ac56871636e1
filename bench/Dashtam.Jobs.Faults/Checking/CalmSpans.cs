using Dashtam.Jobs.Faults.History;

namespace Dashtam.Jobs.Faults.Checking;

/// <summary>A time in which a scheduler was up and nothing disturbed it, in Unix milliseconds.</summary>
internal readonly record struct CalmSpan(string Process, long FromMs, long UntilMs);

/// <summary>
/// When each scheduler could work: it was up, and the faults at it and at Redis had been over for a while.
/// </summary>
internal static class CalmSpans
{
    /// <summary>
    /// After a fault a client needs until it is well again: a deadline of 5 s may have to pass, and a pause of up to 5
    /// s before
    /// the next try to connect.
    /// </summary>
    internal const long SettlingMs = 11_000;

    private const string Everybody = "redis";

    /// <summary>The spans of all schedulers.</summary>
    public static IReadOnlyList<CalmSpan> Of(Evidence evidence)
    {
        var end = evidence.Of(HistoryKind.LoadEnded).Select(line => line.AtMs).DefaultIfEmpty(long.MaxValue).Min();
        return
        [
            .. from incarnation in Incarnations(evidence, end)
               from span in Without(incarnation, Disturbances(evidence, incarnation.Process))
               select span,
        ];
    }

    private static List<CalmSpan> Incarnations(Evidence evidence, long end)
    {
        var lives = new List<CalmSpan>();
        var up = new Dictionary<string, long>(StringComparer.Ordinal);
        foreach (var line in evidence.Of(HistoryKind.ProcessStarted, HistoryKind.ProcessEnded).OrderBy(line => line.AtMs))
        {
            var process = line.Process ?? "";
            if (!process.StartsWith("scheduler", StringComparison.Ordinal))
            {
                continue;
            }

            if (line.Kind == HistoryKind.ProcessStarted)
            {
                up[process] = line.AtMs + SettlingMs;
            }
            else if (up.Remove(process, out var since))
            {
                lives.Add(new CalmSpan(process, since, line.AtMs));
            }
        }

        lives.AddRange(up.Select(pair => new CalmSpan(pair.Key, pair.Value, end)));
        return [.. lives.Select(life => life with { UntilMs = Math.Min(life.UntilMs, end) })];
    }

    private static IEnumerable<(long FromMs, long UntilMs)> Disturbances(Evidence evidence, string process) =>
        evidence.Of(HistoryKind.Fault)
            .Where(fault => fault.Process == process || fault.Process == Everybody)
            .Where(fault => fault.UntilMs is not null)
            .Select(fault => (fault.AtMs, fault.UntilMs!.Value + SettlingMs))
            .OrderBy(disturbed => disturbed.AtMs);

    private static IEnumerable<CalmSpan> Without(CalmSpan life, IEnumerable<(long FromMs, long UntilMs)> disturbances)
    {
        var from = life.FromMs;
        foreach (var (disturbedFrom, disturbedUntil) in disturbances)
        {
            if (disturbedFrom > from)
            {
                yield return life with { FromMs = from, UntilMs = Math.Min(disturbedFrom, life.UntilMs) };
            }

            from = Math.Max(from, disturbedUntil);
        }

        if (from < life.UntilMs)
        {
            yield return life with { FromMs = from };
        }
    }
}
