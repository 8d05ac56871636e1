using System.Globalization;
using Dashtam.Jobs.Faults.History;

namespace Dashtam.Jobs.Faults.Checking;

/// <summary>What schedules promise.</summary>
internal static class FireRules
{
    /// <summary>From an instant on, an undisturbed scheduler has fired it after this long.</summary>
    internal const long FiringMs = 2_000;

    /// <summary>
    /// An undisturbed scheduler has looked for missed instants after this long: every 10 s, for those 3 s old.
    /// </summary>
    internal const long CatchUpMs = 14_000;

    /// <summary>No instant fires twice or after a later one, and none that the cron does not name.</summary>
    public static IEnumerable<Violation> Doubled(Evidence evidence)
    {
        var last = new Dictionary<string, long>(StringComparer.Ordinal);
        foreach (var fire in evidence.Of(HistoryKind.JournalFired).Where(fire => fire.TaskId is not null))
        {
            var schedule = fire.Schedule ?? "";
            var instant = fire.Instant ?? 0;
            if (last.TryGetValue(schedule, out var before) && instant <= before)
            {
                yield return Broken(
                    evidence, RuleName.DoubledFire, schedule, instant, $"it fired after {Time(before)} had fired");
            }

            last[schedule] = instant;
            if (evidence.Schedules.FirstOrDefault(expected => expected.Id == schedule)
                    is { Instants: [var first, .., var end] instants } expected
                && (expected.CatchesUpAll || (instant >= first && instant <= end)) && !instants.Contains(instant))
            {
                yield return Broken(evidence, RuleName.DoubledFire, schedule, instant, "its cron does not name this instant, or not since its registration");
            }
        }
    }

    /// <summary>
    /// Each instant fires, unless no scheduler could: where only the latest missed one is caught up, an instant may be missing
    /// when every scheduler was disturbed until the next one was due.
    /// </summary>
    public static IEnumerable<Violation> Missed(Evidence evidence)
    {
        var calm = CalmSpans.Of(evidence);
        var fired = evidence.Of(HistoryKind.JournalFired).Select(fire => (fire.Schedule, fire.Instant)).ToHashSet();
        return
            from schedule in evidence.Schedules
            where !schedule.CatchesUpAll
            from pair in schedule.Instants.Zip(schedule.Instants.Skip(1))
            where !fired.Contains((schedule.Id, pair.First))
                && calm.Any(span => MustFire(span, pair.First * 1_000, pair.Second * 1_000))
            select Broken(
                evidence, RuleName.MissedFire, schedule.Id, pair.First,
                "it did not fire although a scheduler was there and undisturbed");
    }

    /// <summary>
    /// Where all missed instants are caught up, each one since the registration has fired, whatever was broken; only those that
    /// came when the load ended may not have. <see cref="Doubled"/> says that none did twice, and that they came in order.
    /// </summary>
    public static IEnumerable<Violation> NotCaughtUp(Evidence evidence)
    {
        var endMs = evidence.Of(HistoryKind.LoadEnded).Select(line => line.AtMs).DefaultIfEmpty(long.MaxValue).Min();
        var fired = evidence.Of(HistoryKind.JournalFired).Where(fire => fire.TaskId is not null)
            .Select(fire => (fire.Schedule, fire.Instant)).ToHashSet();
        foreach (var schedule in evidence.Schedules.Where(schedule => schedule.CatchesUpAll))
        {
            if (schedule.Instants.Count == 0)
            {
                yield return new Violation(RuleName.MissedFire, schedule.Id, "it was never registered", []);
            }

            var missing = schedule.Instants
                .Where(instant => (instant * 1_000) + FiringMs <= endMs && !fired.Contains((schedule.Id, instant)));
            foreach (var instant in missing)
            {
                yield return Broken(
                    evidence, RuleName.MissedFire, schedule.Id, instant, "it never fired although all that is missed is caught up");
            }
        }
    }

    private static bool MustFire(CalmSpan span, long instantMs, long nextMs) =>
        (span.FromMs <= instantMs && span.UntilMs >= instantMs + FiringMs)
        || Math.Min(span.UntilMs, nextMs) - Math.Max(span.FromMs, instantMs) >= CatchUpMs;

    private static Violation Broken(Evidence evidence, RuleName rule, string schedule, long instant, string problem) => new(
        rule, $"{schedule} {Time(instant)}", problem,
        [
            .. evidence.History.Where(line => line.Schedule == schedule && line.Instant == instant),
            .. evidence.Of(HistoryKind.Fault)
                .Where(fault => fault.AtMs < (instant + 20) * 1_000 && fault.UntilMs > instant * 1_000),
        ]);

    private static string Time(long instant) =>
        DateTimeOffset.FromUnixTimeSeconds(instant).ToString("HH:mm:ss", CultureInfo.InvariantCulture);
}
