using Dashtam.Jobs.Bench.Lab;

namespace Dashtam.Jobs.Bench.Workloads;

/// <summary>w2, w2b: one client enqueues, nobody works.</summary>
internal static class Enqueueing
{
    private const int Jobs = 20_000;

    public static async Task<Dictionary<string, double>> MeasureAsync(Trial trial, string verb, string metric)
    {
        var printed = await trial.RunAsync(verb, ("count", trial.Scale.Many(Jobs)), ("first", Trial.WarmUp));
        var seconds = printed.GetProperty("ns").GetInt64() / 1e9;
        return new(StringComparer.Ordinal) { [metric] = printed.GetProperty("jobs").GetInt32() / seconds };
    }
}
