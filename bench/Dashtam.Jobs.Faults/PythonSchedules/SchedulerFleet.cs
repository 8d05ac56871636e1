using System.Globalization;
using Dashtam.Jobs.Core.Infrastructure.Database;
using Dashtam.Jobs.Faults.Lab;

namespace Dashtam.Jobs.Faults.PythonSchedules;

/// <summary>Schedulers as they are deployed, which are killed in turn.</summary>
internal sealed class SchedulerFleet(string folder, int redisPort, IReadOnlyDictionary<string, string> more) : IAsyncDisposable
{
    private readonly List<ChildProcess> _running = [];
    private readonly Lock _lock = new();
    private readonly List<string> _lines = [];
    private int _turn;

    public int Kills { get; private set; }

    public IReadOnlyList<int> ProcessIds => [.. _running.Select(process => process.Id)];

    public async Task StartAsync(int count)
    {
        var sample = Path.Combine(folder, $"dashtam-jobs-{Environment.UserName}-6381.db");
        await SampleDatabase.CreateAsync(sample, TimeProvider.System.GetUtcNow(), CancellationToken.None);
        for (var i = 0; i < count; i++)
        {
            _running.Add(Start());
        }
    }

    /// <summary>Kills the next one in turn with -9, and starts another one at once.</summary>
    public async Task KillNextAsync()
    {
        var i = _turn++ % _running.Count;
        await _running[i].DisposeAsync();
        Kills++;
        _running[i] = Start();
    }

    /// <summary>How many lines of an event name an entry.</summary>
    public int Lines(string @event, string? name = null)
    {
        lock (_lock)
        {
            return _lines.Count(line => line.Contains($"\"{@event}\"", StringComparison.Ordinal)
                && (name is null || line.Contains($"\"{name}\"", StringComparison.Ordinal)));
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var process in _running)
        {
            await process.DisposeAsync();
        }

        if (_running.Count > 0)
        {
            await File.AppendAllLinesAsync(Path.Combine(folder, "schedulers.log"), _lines);
            _running.Clear();
        }
    }

    private ChildProcess Start()
    {
        var environment = new Dictionary<string, string>(more, StringComparer.Ordinal)
        {
            ["REDIS_URL"] = string.Create(CultureInfo.InvariantCulture, $"redis://127.0.0.1:{redisPort}/0"),
            ["DOTNET_ENVIRONMENT"] = "Development",
            ["TMPDIR"] = folder,
            ["DOTNET_GCgen0size"] = LabSettings.SchedulerGeneration,
            ["DOTNET_EnableDiagnostics"] = "0",
            ["JOBS_HTTP_PORT"] = RedisServer.FreePort().ToString(CultureInfo.InvariantCulture),
        };
        return ChildProcess.Start(
            "dotnet", [Path.Combine(AppContext.BaseDirectory, "Dashtam.Jobs.Scheduler.dll")], environment, Take);
    }

    private void Take(string line)
    {
        lock (_lock)
        {
            _lines.Add(line);
        }
    }
}
