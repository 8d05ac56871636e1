using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;

namespace Dashtam.Jobs.Bench.Lab;

/// <summary>A process that the benchmark started, and what it has started.</summary>
internal sealed class PeerProcess : IAsyncDisposable
{
    private const int KeptLines = 20;
    private static readonly TimeSpan StopPatience = TimeSpan.FromSeconds(20);

    // Nothing of the caller's own environment configures the process.
    private static readonly string[] PassedOn = ["PATH", "HOME", "DOTNET_ROOT", "USER", "LANG"];

    private static readonly ConcurrentDictionary<PeerProcess, byte> Alive = new();

    private readonly Process _process;
    private readonly Queue<string> _errors = new();
    private readonly List<string> _output = [];

    private PeerProcess(Process process) => _process = process;

    public int Id => _process.Id;

    public bool HasEnded => _process.HasExited;

    public int ExitCode => _process.ExitCode;

    public IReadOnlyList<string> Output
    {
        get
        {
            lock (_output)
            {
                return [.. _output];
            }
        }
    }

    /// <summary>The last lines of standard error.</summary>
    public string Errors
    {
        get
        {
            lock (_errors)
            {
                return string.Join('\n', _errors);
            }
        }
    }

    /// <summary>
    /// Starts a program; <paramref name="environment"/> is all that it gets besides what every program needs.
    /// </summary>
    public static PeerProcess Start(
        string program, IEnumerable<string> arguments, IReadOnlyDictionary<string, string>? environment = null)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var key in start.Environment.Keys.Except(PassedOn, StringComparer.Ordinal).ToList())
        {
            start.Environment.Remove(key);
        }

        foreach (var (name, value) in environment ?? ImmutableDictionary<string, string>.Empty)
        {
            start.Environment[name] = value;
        }

        var process = new PeerProcess(new Process { StartInfo = start });
        process._process.OutputDataReceived += (_, line) => process.TakeOutput(line.Data);
        process._process.ErrorDataReceived += (_, line) => process.TakeError(line.Data);
        process._process.Start();
        Alive[process] = 0;
        process._process.BeginOutputReadLine();
        process._process.BeginErrorReadLine();
        return process;
    }

    public async Task<bool> EndsWithinAsync(TimeSpan limit)
    {
        using var deadline = new CancellationTokenSource(limit);
        try
        {
            await _process.WaitForExitAsync(deadline.Token);
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    /// <summary>SIGTERM; what is still there after a while, or has been left behind, is killed.</summary>
    public async Task StopAsync()
    {
        var tree = ProcessTree.Of(Id);
        await SignalAsync("TERM", [Id]);
        await EndsWithinAsync(StopPatience);
        await SignalAsync("KILL", tree.Where(ProcessTree.IsRunning));
    }

    /// <summary>Ends it and all that it has started with -9.</summary>
    public async Task KillAsync()
    {
        await SignalAsync("KILL", ProcessTree.Of(Id));
        await _process.WaitForExitAsync();
    }

    /// <summary>Ends all that are running; for a benchmark that is told to stop.</summary>
    public static async Task KillAllAsync()
    {
        foreach (var process in Alive.Keys)
        {
            await process.DisposeAsync();
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (!Alive.TryRemove(this, out _))
        {
            return;
        }

        if (!HasEnded)
        {
            await KillAsync();
        }

        _process.Dispose();
    }

    private static async Task SignalAsync(string signal, IEnumerable<int> processes)
    {
        string[] ids = [.. processes.Select(id => id.ToString(CultureInfo.InvariantCulture))];
        if (ids.Length > 0)
        {
            var start = new ProcessStartInfo("kill", [$"-{signal}", .. ids])
            {
                UseShellExecute = false,
                RedirectStandardError = true, // who is gone already is no news
            };
            using var kill = Process.Start(start)!; // null only for documents that a running program opens
            await kill.WaitForExitAsync();
        }
    }

    private void TakeOutput(string? line)
    {
        lock (_output)
        {
            if (line is { Length: > 0 })
            {
                _output.Add(line);
            }
        }
    }

    private void TakeError(string? line)
    {
        lock (_errors)
        {
            if (line is { Length: > 0 })
            {
                _errors.Enqueue(line);
                if (_errors.Count > KeptLines)
                {
                    _errors.Dequeue();
                }
            }
        }
    }
}
