using Dashtam.Jobs.Bench.Lab;
using Dashtam.Jobs.Bench.Records;
using Dashtam.Jobs.Bench.Results;
using Dashtam.Jobs.Bench.Verbs;

namespace Dashtam.Jobs.Bench.Workloads;

/// <summary>w4p: schedules of every second.</summary>
internal static class EverySecond
{
    private const int Schedules = 30;

    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Length = TimeSpan.FromSeconds(60);

    public static async Task<Dictionary<string, double>> MeasureAsync(Trial trial)
    {
        var lags = trial.NewFile();
        await File.WriteAllBytesAsync(lags, []);
        var seconds = (int)trial.Scale.Of(Length).TotalSeconds;
        var warmUp = (int)Math.Ceiling(trial.Scale.Of(WarmUp).TotalSeconds);
        await using var process = trial.Start(
            "schedule-every", ("schedules", Schedules), ("record", lags), ("seconds", seconds + warmUp));
        var wanted = Schedules * (seconds + warmUp);
        await UntilAsync(trial, process, lags, wanted);
        await process.StopAsync();

        double[] sorted = [.. Instants.Read(lags)[(Schedules * warmUp)..wanted].Select(lag => lag / 1e6).Order()];
        return new(StringComparer.Ordinal)
        {
            ["w4p/p50"] = Statistics.Percentile(sorted, 50),
            ["w4p/p99"] = Statistics.Percentile(sorted, 99),
        };
    }

    private static async Task UntilAsync(Trial trial, PeerProcess process, string lags, int wanted)
    {
        try
        {
            await trial.UntilAsync(
                process, () => (int)(new FileInfo(lags).Length / sizeof(long)), wanted, TimeSpan.FromSeconds(30));
        }
        catch (BenchException) when (process is { HasEnded: true, ExitCode: VerbCommand.NotSupported })
        {
            throw new NotSupportedByPeerException(
                $"{trial.Peer.Name} has no schedules of every second: {process.Errors}");
        }
    }
}
