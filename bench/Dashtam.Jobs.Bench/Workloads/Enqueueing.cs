namespace Dashtam.Jobs.Bench.Workloads;

/// <summary>w2, w2b: one client enqueues, nobody works.</summary>
internal static class Enqueueing
{
    private const int Jobs = 20_000;

    public static async Task<Dictionary<string, double>> MeasureAsync(Lab.Bench bench, string verb, string metric)
    {
        var printed = await bench.RunAsync(verb, ("count", bench.Scale.Count(Jobs)), ("first", Lab.Bench.WarmUp));
        var seconds = printed.GetProperty("ns").GetInt64() / 1e9;
        return new(StringComparer.Ordinal) { [metric] = printed.GetProperty("jobs").GetInt32() / seconds };
    }
}
