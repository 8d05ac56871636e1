using System.Diagnostics;
using System.Globalization;
using Dashtam.Jobs.Faults.Lab;
using Dashtam.Jobs.Faults.Load;

namespace Dashtam.Jobs.Tests.Support;

/// <summary>A real scheduler or worker process, its settings and its log.</summary>
internal sealed class ServiceProcess : Service
{
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(5);

    private readonly Process _process;

    private ServiceProcess(Process process, int port)
        : base(port) => _process = process;

    public int Id => _process.Id;

    // A console writes a line in pieces of 256 characters: those of two processes on one pipe may mix.
    protected override bool MayMixLines => WritesWithAnother;

    private bool WritesWithAnother { get; set; }

    public static ServiceProcess Worker(params (string Name, string Value)[] settings) =>
        Start("dotnet", [Built("Dashtam.Jobs.Worker")], settings);

    /// <summary>One whose output is a pipe that is never read.</summary>
    public static ServiceProcess WorkerThatNobodyReads(params (string Name, string Value)[] settings) =>
        Start("dotnet", [Built("Dashtam.Jobs.Worker")], settings, isRead: false);

    public static ServiceProcess Scheduler(params (string Name, string Value)[] settings) =>
        Start("dotnet", [Built("Dashtam.Jobs.Scheduler")], settings);

    /// <summary>One that is deadlocked as soon as it has started.</summary>
    public static ServiceProcess DeadlockedScheduler(params (string Name, string Value)[] settings) =>
        Start("dotnet", [Built("Dashtam.Jobs.Faults"), Faults.Lab.DeadlockedScheduler.Verb], settings);

    /// <summary>What asks a running worker whether it is ready; ends by itself.</summary>
    public static ServiceProcess WorkerProbe(params (string Name, string Value)[] settings) =>
        Start("dotnet", [Built("Dashtam.Jobs.Worker"), "--health"], settings);

    /// <summary>A command of the scheduler's executable, to be killed on its way.</summary>
    public static ServiceProcess Command(string[] arguments, params (string Name, string Value)[] settings) =>
        Start("dotnet", [Built("Dashtam.Jobs.Scheduler"), .. arguments], settings);

    /// <summary>Both, as <c>make run</c> starts them, under a script that writes what they write.</summary>
    public static ServiceProcess LocalRun(params (string Name, string Value)[] settings)
    {
        var both = Start("bash", [Path.Combine(Sources.Root, "deploy", "run-local.sh"), "--inside"], settings);
        both.WritesWithAnother = true;
        return both;
    }

    /// <summary>With a schedule of which all that is missed is caught up: <see cref="EveryInstant"/>.</summary>
    public static ServiceProcess SchedulerOfFaultSuite(params (string Name, string Value)[] settings) =>
        Start("dotnet", [Built("Dashtam.Jobs.Faults"), SteppedScheduler.Verb], settings);

    /// <summary><c>kill -9</c>.</summary>
    public async Task KillAsync()
    {
        await SignalAsync("KILL");
        await _process.WaitForExitAsync();
    }

    /// <summary>SIGTERM, as docker and Kubernetes send it; returns the exit code.</summary>
    public async Task<int> TerminateAsync()
    {
        await SignalAsync("TERM");
        return await ExitAsync();
    }

    /// <summary>SIGINT, as Ctrl-C sends it; returns the exit code.</summary>
    public async Task<int> InterruptAsync()
    {
        await SignalAsync(await IgnoresInterruptsAsync() ? "TERM" : "INT");
        return await ExitAsync();
    }

    /// <summary>Waits for the process to end by itself; returns the exit code.</summary>
    /// <param name="within">A process that takes longer fails the test; 90 s unless it is said.</param>
    public async Task<int> ExitAsync(TimeSpan? within = null)
    {
        using var limit = new CancellationTokenSource(within ?? TimeSpan.FromSeconds(90));
        await _process.WaitForExitAsync(limit.Token);
        return _process.ExitCode;
    }

    public async Task SignalAsync(string signal)
    {
        using var kill = Process.Start("kill", [$"-{signal}", _process.Id.ToString(CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync();
    }

    /// <summary>Ends it with SIGTERM, and kills it where that takes more than 5 s: what a killed process ran is not in the coverage.</summary>
    public override async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            await SignalAsync("TERM");
            using var limit = new CancellationTokenSource(Grace);
            await _process.WaitForExitAsync(limit.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
            await _process.WaitForExitAsync();
        }

        _process.Dispose();
    }

    private static string Built(string name) => Path.Combine(AppContext.BaseDirectory, $"{name}.dll");

    private static ServiceProcess Start(string program, string[] arguments, (string Name, string Value)[] settings, bool isRead = true)
    {
        var port = LocalCommand.FreePort();
        var start = new ProcessStartInfo(program, arguments)
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };

        // Nothing of the test run's own environment configures the process.
        string[] passedOn = ["PATH", "HOME", "DOTNET_ROOT", "TMPDIR", "USER"];
        foreach (var key in start.Environment.Keys.Except(passedOn, StringComparer.Ordinal).ToList())
        {
            start.Environment.Remove(key);
        }

        start.Environment["JOBS_HTTP_PORT"] = port.ToString(CultureInfo.InvariantCulture);
        foreach (var (key, value) in settings)
        {
            start.Environment[key] = value;
        }

        var process = new ServiceProcess(new Process { StartInfo = start }, port);
        process._process.OutputDataReceived += (_, line) => process.Keep(line.Data);
        process._process.ErrorDataReceived += (_, line) => process.Keep(line.Data);
        process._process.Start();
        if (isRead)
        {
            process._process.BeginOutputReadLine();
            process._process.BeginErrorReadLine();
        }

        return process;
    }

    /// <summary>What a shell starts in the background ignores SIGINT, and so do its children: these tests, and what they start.</summary>
    private async Task<bool> IgnoresInterruptsAsync()
    {
        const ulong Interrupt = 1 << (2 - 1);
        var status = string.Create(CultureInfo.InvariantCulture, $"/proc/{_process.Id}/status");
        var ignored = File.Exists(status)
            ? (await File.ReadAllLinesAsync(status)).Single(line => line.StartsWith("SigIgn:", StringComparison.Ordinal))
            : "SigIgn: 0";
        return (ulong.Parse(ignored.AsSpan("SigIgn:".Length).Trim(), NumberStyles.HexNumber, CultureInfo.InvariantCulture) & Interrupt) != 0;
    }
}
