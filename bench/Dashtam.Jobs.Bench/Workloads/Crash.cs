using Dashtam.Jobs.Bench.Lab;
using Dashtam.Jobs.Bench.Records;

namespace Dashtam.Jobs.Bench.Workloads;

/// <summary>w7: a worker is killed with all its slots in use, while another one stands by.</summary>
internal static class Crash
{
    private const int Jobs = 100;

    private static readonly TimeSpan JobLength = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan KillAfter = TimeSpan.FromSeconds(3);

    // A job that has not started again by then is lost, or as good as lost.
    private static readonly TimeSpan LostAfter = TimeSpan.FromSeconds(120);
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(20);

    public static async Task<Dictionary<string, double>> MeasureAsync(Trial trial)
    {
        var jobs = trial.Scale.Count(Jobs);
        using var before = trial.CreateRecords(jobs);
        using var after = trial.CreateRecords(jobs);
        await using var victim = trial.StartWorker(before, Jobs, (int)JobLength.TotalMilliseconds);
        await trial.FillAsync(0, jobs);
        await trial.UntilAsync(victim, () => before.StartedOf(0, jobs), jobs, Scale.Patience);

        // Not before all are running: it would take some of them.
        await using var heir = trial.StartWorker(after, Jobs, (int)JobLength.TotalMilliseconds);
        await Task.Delay(KillAfter);
        var killed = MonotonicClock.Nanoseconds;
        await victim.KillAsync();
        while (after.StartedOf(0, jobs) < jobs && MonotonicClock.Nanoseconds - killed < LostAfter.TotalNanoseconds)
        {
            await Task.Delay(Poll);
        }

        await heir.StopAsync();
        var ended = Enumerable.Range(0, jobs).Count(n => before.Ended(n) != 0);
        var started = after.StartedOf(0, jobs);
        if (ended > 0)
        {
            throw new BenchException($"{ended} jobs had ended before the worker was killed: the machine was too slow");
        }

        var figures = new Dictionary<string, double>(StringComparer.Ordinal) { ["w7/lost"] = jobs - started };
        if (started == jobs)
        {
            figures["w7/seconds"] = (Enumerable.Range(0, jobs).Max(after.Started) - killed) / 1e9;
        }

        return figures;
    }
}
