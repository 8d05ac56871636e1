using System.Diagnostics;
using System.Globalization;

namespace Dashtam.Jobs.Faults.Lab;

/// <summary>A process that the suite started: its lines are handed on, and it can be sent signals.</summary>
internal sealed class ChildProcess : IAsyncDisposable
{
    // Nothing of the caller's own environment configures the process.
    private static readonly string[] PassedOn = ["PATH", "HOME", "DOTNET_ROOT", "USER"];

    private readonly Process _process;
    private readonly Action<string> _onLine;
    private readonly Task _reading;
    private TaskCompletionSource? _stall;

    private ChildProcess(Process process, Action<string> onLine)
    {
        (_process, _onLine) = (process, onLine);
        _reading = Task.WhenAll(ReadAsync(process.StandardOutput), ReadAsync(process.StandardError));
    }

    public int Id => _process.Id;

    public bool HasEnded => _process.HasExited;

    public int ExitCode => _process.ExitCode;

    /// <summary>Starts a program; each line that it writes goes to <paramref name="onLine"/>.</summary>
    public static ChildProcess Start(
        string program,
        IEnumerable<string> arguments,
        IReadOnlyDictionary<string, string> environment,
        Action<string> onLine)
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

        foreach (var (key, value) in environment)
        {
            start.Environment[key] = value;
        }

        var process = new Process { StartInfo = start };
        process.Start();
        return new ChildProcess(process, onLine);
    }

    /// <summary>Leaves what it writes in the pipe, until <see cref="ReadOn"/>.</summary>
    public void StopReading() => Volatile.Write(
        ref _stall, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));

    /// <summary>Reads all that was left.</summary>
    public void ReadOn() => Interlocked.Exchange(ref _stall, null)?.SetResult();

    /// <summary>Sends a signal, by name without SIG: KILL, STOP, CONT, TERM.</summary>
    public async Task SignalAsync(string signal)
    {
        if (!HasEnded)
        {
            using var kill = Process.Start("kill", [$"-{signal}", Id.ToString(CultureInfo.InvariantCulture)]);
            await kill.WaitForExitAsync();
        }
    }

    /// <summary>Ends it with -9 and returns when all that it wrote has been read.</summary>
    public async Task KillAsync()
    {
        await SignalAsync("KILL");
        await _process.WaitForExitAsync();
        await _reading;
    }

    /// <summary>Waits for its end; false when it has not come in time.</summary>
    public async Task<bool> EndsWithinAsync(TimeSpan limit)
    {
        using var deadline = new CancellationTokenSource(limit);
        try
        {
            await _process.WaitForExitAsync(deadline.Token);
        }
        catch (OperationCanceledException)
        {
            return false;
        }

        await _reading;
        return true;
    }

    public async ValueTask DisposeAsync()
    {
        ReadOn();
        await KillAsync();
        _process.Dispose();
    }

    private async Task ReadAsync(StreamReader lines)
    {
        while (await lines.ReadLineAsync() is { } line)
        {
            if (Volatile.Read(ref _stall) is { } stall)
            {
                await stall.Task;
            }

            if (line.Length > 0)
            {
                _onLine(line);
            }
        }
    }
}
