using System.Globalization;
using Dashtam.Jobs.Faults.History;

namespace Dashtam.Jobs.Faults.Lab;

/// <summary>A place for a worker or scheduler, which comes and goes; its proxy and its log stay.</summary>
internal sealed class ServiceSlot : IAsyncDisposable
{
    private static readonly TimeSpan LongestStop = TimeSpan.FromSeconds(40);

    private readonly string[] _program;
    private readonly IReadOnlyList<string> _builds;
    private readonly IReadOnlyDictionary<string, string> _environment;
    private readonly HistoryRecorder _history;
    private readonly StreamWriter _log;
    private readonly Action<HistoryEvent> _onLine;
    private readonly SemaphoreSlim _turn = new(1, 1);
    private ChildProcess? _process;
    private bool _endExpected;
    private bool _closed;
    private int _starts;

    public ServiceSlot(
        SlotPlan plan, TcpProxy proxy, HistoryRecorder history, Action<HistoryEvent> onLine)
    {
        (Name, _program, _builds, _environment) = (plan.Name, plan.Program, plan.Builds, plan.Environment);
        (_history, _onLine) = (history, onLine);
        Proxy = proxy;
        _log = new StreamWriter(Path.Combine(plan.LogFolder, $"{Name}.log"), append: false);
    }

    public string Name { get; }

    public bool IsWorker => Name.StartsWith("worker", StringComparison.Ordinal);

    public TcpProxy Proxy { get; }

    public int ProcessId => _process is { HasEnded: false } process ? process.Id : 0;

    /// <summary>Lets one fault at a time have the process.</summary>
    public async Task InTurnAsync(Func<Task> fault)
    {
        await _turn.WaitAsync();
        try
        {
            await fault();
        }
        finally
        {
            _turn.Release();
        }
    }

    public void Start()
    {
        // Each incarnation has a port of its own: the one before may still hold its port.
        var environment = new Dictionary<string, string>(_environment, StringComparer.Ordinal)
        {
            ["JOBS_HTTP_PORT"] = RedisServer.FreePort().ToString(CultureInfo.InvariantCulture),
        };
        var build = _builds[_starts++ % _builds.Count];
        if (_builds.Count > 1)
        {
            _history.Add(_history.Now(HistoryKind.BuildTaken) with { Process = Name, Detail = build });
        }

        string[] arguments = [Path.Combine(build, _program[0]), .. _program[1..]];
        _process = ChildProcess.Start("dotnet", arguments, environment, Take);
        _endExpected = false; // not before: the one that was killed is no defect
    }

    public async Task KillAsync()
    {
        _endExpected = true;
        if (_process is not null)
        {
            await _process.KillAsync();
            Ended("kill -9");
        }
    }

    /// <summary>SIGTERM; one that has not ended long after its promise is killed, which is a defect.</summary>
    public async Task TerminateAsync()
    {
        _endExpected = true;
        if (_process is null)
        {
            return;
        }

        await _process.SignalAsync("TERM");
        if (!await _process.EndsWithinAsync(LongestStop))
        {
            Defect($"{Name} had not stopped {LongestStop.TotalSeconds} s after SIGTERM");
            await _process.KillAsync();
        }
        else if (_process.ExitCode is not (0 or 137 or 143))
        {
            Defect($"{Name} ended with exit code {_process.ExitCode} after SIGTERM");
        }

        Ended("SIGTERM");
    }

    /// <summary>Reads nothing that the process writes, so that its pipe fills, and then all of it.</summary>
    public async Task LeaveLogUnreadAsync(TimeSpan duration)
    {
        var process = _process!;
        process.StopReading();
        await Task.Delay(duration);
        process.ReadOn();
    }

    public Task PauseAsync() => _process!.SignalAsync("STOP");

    public Task GoOnAsync() => _process!.SignalAsync("CONT");

    /// <summary>A process that is gone although nobody has ended it is a defect; it is started again.</summary>
    public void CheckAlive()
    {
        if (!_turn.Wait(0))
        {
            return; // a fault has it
        }

        try
        {
            if (_process is { HasEnded: true } && !_endExpected)
            {
                Defect($"{Name} ended by itself with exit code {_process.ExitCode}");
                Ended("by itself");
                Start();
            }
        }
        finally
        {
            _turn.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        _endExpected = true;
        if (_process is not null)
        {
            await _process.DisposeAsync();
        }

        await Proxy.DisposeAsync();
        lock (_log)
        {
            _closed = true;
            _log.Dispose();
        }

        _turn.Dispose();
    }

    private void Take(string line)
    {
        lock (_log)
        {
            if (_closed)
            {
                return; // a last line of a process that the run's end has killed
            }

            _log.WriteLine(line);
        }

        if (LogLineReader.Read(Name, line, _history.NowMs) is { } told)
        {
            _history.Add(told);
            _onLine(told);
        }
    }

    private void Ended(string how) =>
        _history.Add(_history.Now(HistoryKind.ProcessEnded) with { Process = Name, Detail = how });

    private void Defect(string what) =>
        _history.Add(_history.Now(HistoryKind.Defect) with { Process = Name, Detail = what });
}

/// <summary>What is started in a slot.</summary>
/// <param name="Name">The slot's name: <c>worker-1</c>.</param>
/// <param name="Program">The assembly, and its arguments.</param>
/// <param name="Builds">The folders that the assembly is taken from in turn, one at each start.</param>
/// <param name="Environment">Its settings.</param>
/// <param name="LogFolder">Where its lines are kept.</param>
internal sealed record SlotPlan(
    string Name, string[] Program, IReadOnlyList<string> Builds, IReadOnlyDictionary<string, string> Environment, string LogFolder);
