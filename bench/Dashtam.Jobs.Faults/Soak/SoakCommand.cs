using System.Globalization;
using Dashtam.Jobs.Faults.History;
using Dashtam.Jobs.Faults.Lab;
using Dashtam.Jobs.Faults.Reports;
using Spectre.Console;

namespace Dashtam.Jobs.Faults.Soak;

/// <summary>A long run at half load without faults: what grows?</summary>
internal static class SoakCommand
{
    private const string ResultTtlSeconds = "60";
    private static readonly TimeSpan SampleInterval = TimeSpan.FromSeconds(10);

    /// <summary>
    /// Until then the runtime compiles and finds the size of its heap: counted in jobs, not in minutes, because both happen
    /// by jobs.
    /// </summary>
    private const int WarmUpJobs = 300_000;

    // A worker's heap is collected about every 90 s.
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(2);

    /// <summary>Runs it and prints the slopes.</summary>
    /// <param name="minutes">
    /// How long it runs at half load, after a warm-up at full load that also says what that is. The slopes leave out its first
    /// third, in which memory falls or rises to what this load needs.
    /// </param>
    /// <param name="output">Where samples and logs go.</param>
    /// <returns>0 when it ran and everything was worked off, 1 otherwise.</returns>
    public static async Task<int> RunAsync(int minutes, string output)
    {
        var folder = Path.GetFullPath(output);
        if (Directory.Exists(folder))
        {
            Directory.Delete(folder, recursive: true);
        }

        Directory.CreateDirectory(folder);
        var console = Terminal.Console();
        var length = TimeSpan.FromMinutes(minutes);
        using var history = new HistoryRecorder(Path.Combine(folder, "history.jsonl"), TimeProvider.System, keep: false);
        await using var lab = new Laboratory(folder, LabSettings.Soak(ResultTtlSeconds), history, _ => { });
        await lab.StartAsync();
        using var stop = new CancellationTokenSource();
        var load = new SoakLoad(lab);
        var half = await WarmUpAsync(load, console) / 2;
        console.WriteLine($"soak: {half} jobs/s, half of what it did in {WarmUpJobs} jobs of warm-up, for {minutes} min");
        var loading = load.RunAsync(half, stop.Token);
        var samples = await SampleAsync(lab, length, Path.Combine(folder, "samples.jsonl"), console);
        await stop.CancelAsync();
        await loading;

        Print(console, samples.Where(sample => sample.Seconds >= length.TotalSeconds / 3));
        var left = await LeftAsync(lab);
        console.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"{load.Enqueued} jobs enqueued, {left} left ready after 30 s; samples in {folder}"));
        return left == 0 ? 0 : 1;
    }

    private static async Task<int> WarmUpAsync(SoakLoad load, IAnsiConsole console)
    {
        var jobsPerSecond = 0.0;
        await console.Progress().StartAsync(async progress =>
        {
            var task = progress.AddTask("warm-up", maxValue: WarmUpJobs);
            jobsPerSecond = await load.WarmUpAsync(WarmUpJobs, enqueued => task.Value = enqueued);
        });
        return (int)jobsPerSecond;
    }

    private static async Task<List<SoakSample>> SampleAsync(
        Laboratory lab, TimeSpan length, string path, IAnsiConsole console)
    {
        var sampler = new SoakSampler(lab);
        var samples = new List<SoakSample>();
        await using var file = new StreamWriter(path);
        var began = TimeProvider.System.GetTimestamp();
        using var timer = new PeriodicTimer(SampleInterval);
        await console.Progress().StartAsync(async progress =>
        {
            var task = progress.AddTask("soak", maxValue: length.TotalSeconds);
            while (TimeProvider.System.GetElapsedTime(began) < length && await timer.WaitForNextTickAsync())
            {
                var taken = await sampler.TakeAsync(TimeProvider.System.GetElapsedTime(began).TotalSeconds);
                samples.AddRange(taken);
                foreach (var sample in taken)
                {
                    await file.WriteLineAsync(sample.ToJson());
                }

                task.Value = TimeProvider.System.GetElapsedTime(began).TotalSeconds;
            }
        });
        return samples;
    }

    private static async Task<long> LeftAsync(Laboratory lab)
    {
        var left = await lab.ReadyAsync();
        for (var tries = 0; left > 0 && tries < 60; tries++)
        {
            await Task.Delay(TimeSpan.FromSeconds(0.5));
            left = await lab.ReadyAsync();
        }

        return left;
    }

    private static void Print(IAnsiConsole console, IEnumerable<SoakSample> samples)
    {
        var table = new Table().Border(TableBorder.Simple).AddColumns("of", "what");
        foreach (var column in (string[])["first", "last", "slope per hour", "standard error", "within noise"])
        {
            table.AddColumn(new TableColumn(column).RightAligned());
        }

        foreach (var series in samples.GroupBy(sample => (sample.Subject, sample.Measure)).Where(series => series.Count() > 2))
        {
            var points = series.Select(sample => (sample.Seconds, sample.Value)).ToList();
            var troughs = Trend.Troughs(points, Window);
            var trend = Trend.Of(troughs.Count > 2 ? troughs : points);
            var divisor = series.Key.Measure.EndsWith("_bytes", StringComparison.Ordinal) ? 1_048_576 : 1;
            var name = series.Key.Measure.Replace("_bytes", ", MiB", StringComparison.Ordinal);
            string Show(double number) => (number / divisor).ToString("N1", CultureInfo.InvariantCulture);
            table.AddRow(
                series.Key.Subject, name, Show(trend.First), Show(trend.Last), Show(trend.PerHour), Show(trend.Error),
                trend.IsNoise ? "yes" : trend.PerHour > 0 ? "no, grows" : "no, falls");
        }

        console.Write(table);
    }
}
