namespace Dashtam.Jobs.Faults.Checking;

/// <summary>Decides from the evidence alone which promises were broken: a pure function.</summary>
internal static class Checker
{
    private static readonly IReadOnlyList<Func<Evidence, IEnumerable<Violation>>> Rules =
    [
        EnqueueRules.Lost,
        SettlementRules.Doubled,
        EffectRules.Stale,
        FireRules.Doubled,
        FireRules.Missed,
        FireRules.NotCaughtUp,
        PythonRules.Unanswered,
        PythonRules.Left,
        ClockRules.LivingRecovered,
        EndRules.Undrained,
        EndRules.Unbounded,
        EndRules.Inconsistent,
        EndRules.Defects,
    ];

    /// <summary>Every violation; none: all promises held.</summary>
    public static IReadOnlyList<Violation> Check(Evidence evidence) => [.. Rules.SelectMany(rule => rule(evidence))];
}
