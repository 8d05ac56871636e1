using System.Globalization;
using Dashtam.Jobs.Core.Queue;
using Dashtam.Jobs.Faults.History;
using Dashtam.Jobs.Faults.Lab;
using Microsoft.Extensions.Options;
using Spectre.Console;

namespace Dashtam.Jobs.Faults.PythonSchedules;

/// <summary>What entries cost that do not fire, and a keyspace of other programs' keys, beside a scheduler that looks for none.</summary>
internal sealed class IdleCost(EntryBytes bytes, string folder, HistoryRecorder history, IAnsiConsole console)
{
    private const int Idle = 100_000;
    private const int Foreign = 1_000_000;
    private static readonly TimeSpan Measured = TimeSpan.FromSeconds(70);
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(15);

    public async Task MeasureAsync()
    {
        await using var redis = new RedisServer(Path.Combine(folder, "redis-idle"), history, keepsJournal: false);
        await redis.StartAsync();
        await redis.Database.ExecuteAsync("CONFIG", "SET", "appendfsync", "everysec");
        var keys = new QueueKeys(Options.Create(new QueueOptions()));
        await MeasureAsync(redis, "no schedules of Python looked for", "");
        await new EntryLoad(redis.Database, keys, bytes).AddIdleAsync(Idle);
        await MeasureAsync(redis, $"{Idle:N0} idle entries", "schedule", async () =>
        {
            while (await redis.Reader.ReadAsync("what is due", () => redis.Database.SortedSetLengthAsync(keys.PythonDue)) < Idle)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(200));
            }
        });
        await redis.Database.ExecuteAsync("FLUSHDB");
        await redis.Database.ExecuteAsync("DEBUG", "POPULATE", Foreign, "foreign", 10);
        await MeasureAsync(redis, $"{Foreign:N0} foreign keys", "schedule");
    }

    private async Task MeasureAsync(RedisServer redis, string what, string prefix, Func<Task>? ready = null)
    {
        var settings = new Dictionary<string, string>(StringComparer.Ordinal) { ["JOBS_TASKIQ_SCHEDULES"] = prefix };
        await using var fleet = new SchedulerFleet(folder, redis.Port, settings);
        await fleet.StartAsync(1);
        var began = TimeProvider.System.GetTimestamp();
        await (ready?.Invoke() ?? Task.CompletedTask);
        var taken = TimeProvider.System.GetElapsedTime(began);
        await Task.Delay(Settling);
        int[] processes = [fleet.ProcessIds[0], redis.ProcessId];
        var before = Array.ConvertAll(processes, ProcessorTime.Seconds);
        await Task.Delay(Measured);
        var percent = processes.Zip(before, (id, seconds) => 100 * (ProcessorTime.Seconds(id) - seconds) / Measured.TotalSeconds).ToArray();
        console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{what}: scheduler {percent[0]:N2} %, Redis {percent[1]:N2} % of a core; ready after {taken.TotalSeconds:N1} s"));
    }
}
