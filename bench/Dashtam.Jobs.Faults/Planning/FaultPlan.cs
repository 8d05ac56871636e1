namespace Dashtam.Jobs.Faults.Planning;

/// <summary>All faults of a run, drawn from its seed before it begins: the same seed gives the same plan.</summary>
internal static class FaultPlan
{
    private const int BurstLength = 50;
    private const int BurstsToLongLull = 2;
    private const int ShortestPauseMs = 20;
    private const int LongestPauseMs = 140;
    private static readonly TimeSpan Lull = TimeSpan.FromSeconds(2.5);

    /// <summary>
    /// Long enough for everybody to be well again, so that what must hold then can be told from what may not.
    /// </summary>
    /// <remarks>
    /// A worker stands still through it: the others have the time to take its jobs and to run them, and what it still writes
    /// when it goes on comes late.
    /// </remarks>
    private static readonly TimeSpan LongLull = TimeSpan.FromSeconds(12);

    /// <summary>The plan of a seed.</summary>
    /// <param name="seed">Where all chance comes from.</param>
    /// <param name="count">How many faults.</param>
    /// <param name="mix">What may happen.</param>
    public static IReadOnlyList<PlannedFault> Draw(int seed, int count, IReadOnlyList<FaultShare> mix)
    {
        var random = new Random(seed);
        var plan = new List<PlannedFault>(count);
        var busyUntil = new Dictionary<string, TimeSpan>(StringComparer.Ordinal);
        IReadOnlyList<FaultShare> standstill =
            [.. mix.Where(share => share.Kind == FaultKind.WorkerPause).Select(share => share with { ShortestMs = share.LongestMs })];
        var now = TimeSpan.Zero;
        for (var number = 1; number <= count; number++)
        {
            var pause = Pause(random, number);
            now += pause;
            var isForced = number % (BurstLength * BurstsToLongLull) == 0
                && standstill.Any(share => share.Targets.Any(target => busyUntil.GetValueOrDefault(target) <= now));
            var (share, target) = Pick(random, isForced ? standstill : mix, busyUntil, now);
            var duration = TimeSpan.FromMilliseconds(random.Next(share.ShortestMs, share.LongestMs + 1));
            if (share.TakesTarget)
            {
                busyUntil[target] = now + duration + TimeSpan.FromMilliseconds(share.RecoveryMs);
            }

            plan.Add(new PlannedFault(number, pause, share.Kind, target, duration, random.Next(1_000_000)));
        }

        return plan;
    }

    private static TimeSpan Pause(Random random, int number)
    {
        var pause = TimeSpan.FromMilliseconds(random.Next(ShortestPauseMs, LongestPauseMs + 1));
        if (number == 1 || number % BurstLength != 1)
        {
            return pause;
        }

        return pause + (number / BurstLength % BurstsToLongLull == 0 ? LongLull : Lull);
    }

    // Draws again while the target is taken: a dead process cannot be killed, a stopped Redis cannot be paused.
    private static (FaultShare Share, string Target) Pick(
        Random random, IReadOnlyList<FaultShare> mix, Dictionary<string, TimeSpan> busyUntil, TimeSpan now)
    {
        var sum = mix.Sum(share => share.Weight);
        while (true)
        {
            var roll = random.Next(sum);
            var share = mix.First(candidate => (roll -= candidate.Weight) < 0);
            var target = share.Targets[random.Next(share.Targets.Count)];
            if (busyUntil.GetValueOrDefault(target) <= now)
            {
                return (share, target);
            }
        }
    }
}
