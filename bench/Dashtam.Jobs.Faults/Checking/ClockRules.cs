using Dashtam.Jobs.Faults.History;
using Dashtam.Jobs.Faults.Lab;
using Dashtam.Jobs.Faults.Planning;

namespace Dashtam.Jobs.Faults.Checking;

/// <summary>What a clock that is wrong must not do.</summary>
internal static class ClockRules
{
    private const long LeaseMs = LabSettings.LeaseSeconds * 1_000;

    /// <summary>How long after a disturbance a worker may still be taken for dead.</summary>
    private const long MourningMs = 3 * LeaseMs;

    /// <summary>
    /// While Redis' clock is wrong, and for a lease after that, no worker is recovered that was alive and undisturbed: Redis' time
    /// alone is no evidence of a death.
    /// </summary>
    public static IEnumerable<Violation> LivingRecovered(Evidence evidence)
    {
        var processes = evidence.Of(HistoryKind.Effect).Where(line => line.Worker is not null)
            .DistinctBy(line => line.Worker, StringComparer.Ordinal).ToDictionary(line => line.Worker!, line => line.Process, StringComparer.Ordinal);
        var jumps = evidence.Of(HistoryKind.Fault).Where(IsJump).ToList();
        return
            from recovered in evidence.Of(HistoryKind.Recovered)
            where jumps.Any(jump => jump.AtMs <= recovered.AtMs && recovered.AtMs <= jump.UntilMs + LeaseMs)
                && processes.TryGetValue(recovered.Worker ?? "", out var process)
                && !MayBeDead(evidence, process, recovered.AtMs)
            select new Violation(
                RuleName.LivingRecovered, recovered.Worker!, "it was recovered although only Redis' clock was wrong", [recovered]);
    }

    // A fault without a length, as a cut connection, takes no lease.
    private static bool MayBeDead(Evidence evidence, string? process, long atMs) => evidence.History.Any(line =>
        line.AtMs <= atMs
        && ((line.Kind == HistoryKind.ProcessEnded && line.Process == process && line.AtMs >= atMs - MourningMs)
            || (line.Kind == HistoryKind.Fault && !IsJump(line) && line.UntilMs > line.AtMs && line.UntilMs >= atMs - MourningMs
                && (line.Process == process || line.Process == FaultMix.Redis))));

    private static bool IsJump(HistoryEvent line) => line.Detail == nameof(FaultKind.RedisClock);
}
