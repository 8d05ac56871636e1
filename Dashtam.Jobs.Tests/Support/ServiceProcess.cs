using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Dashtam.Jobs.Faults.Lab;
using Dashtam.Jobs.Faults.Load;
using NUnit.Framework;

namespace Dashtam.Jobs.Tests.Support;

/// <summary>A real scheduler or worker process, its settings and its log.</summary>
internal sealed class ServiceProcess : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60); // a busy machine takes half of it to start one
    private static readonly HttpClient Http = new() { Timeout = TimeSpan.FromSeconds(5) };

    private readonly Process _process;
    private readonly ConcurrentQueue<string> _lines = new();

    private ServiceProcess(Process process, int port)
    {
        _process = process;
        HttpPort = port;
    }

    public int HttpPort { get; }

    public int Id => _process.Id;

    /// <summary>What it wrote, line by line, both streams.</summary>
    public IReadOnlyCollection<string> Lines => _lines;

    /// <summary>Its lines that are JSON objects.</summary>
    public IEnumerable<JsonElement> Events => _lines
        .Where(line => line.StartsWith('{'))
        .Select(line => JsonDocument.Parse(line).RootElement);

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
    public static ServiceProcess LocalRun(params (string Name, string Value)[] settings) =>
        Start("bash", [Path.Combine(Sources.Root, "deploy", "run-local.sh"), "--inside"], settings);

    /// <summary>With a schedule of which all that is missed is caught up: <see cref="EveryInstant"/>.</summary>
    public static ServiceProcess SchedulerOfFaultSuite(params (string Name, string Value)[] settings) =>
        Start("dotnet", [Built("Dashtam.Jobs.Faults"), SteppedScheduler.Verb], settings);

    /// <summary>Waits until something holds; fails with the process' log when it does not in time.</summary>
    public async Task UntilAsync(Func<Task<bool>> holds, string what, TimeSpan? limit = null)
    {
        var patience = Stopwatch.StartNew();
        while (!await holds())
        {
            if (patience.Elapsed > (limit ?? Patience))
            {
                Assert.Fail($"Not within {limit ?? Patience}: {what}. Its log:\n{string.Join('\n', WhatMatters())}");
            }

            await Task.Delay(50);
        }
    }

    public Task UntilLoggedAsync(string eventName, TimeSpan? limit = null) => UntilAsync(
        () => Task.FromResult(Count(eventName) > 0), $"a line with the event {eventName}", limit);

    public Task UntilReadyAsync() => UntilAsync(async () => await ReadinessAsync() == 200, "ready");

    public int Count(string eventName) =>
        Events.Count(line => line.GetProperty("event").GetString() == eventName);

    /// <summary>The status of <c>/health/ready</c>; 0 without an answer.</summary>
    public Task<int> ReadinessAsync() => StatusAsync("ready");

    /// <summary>The status of <c>/health/live</c>; 0 without an answer.</summary>
    public Task<int> LivenessAsync() => StatusAsync("live");

    private async Task<int> StatusAsync(string page)
    {
        try
        {
            var url = string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{HttpPort}/health/{page}");
            using var response = await Http.GetAsync(new Uri(url));
            return (int)response.StatusCode;
        }
        catch (Exception error) when (error is HttpRequestException or TaskCanceledException)
        {
            return 0;
        }
    }

    /// <summary>What <c>/health/ready</c> says; empty without an answer.</summary>
    public async Task<string> HealthAsync()
    {
        try
        {
            var url = string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{HttpPort}/health/ready");
            using var response = await Http.GetAsync(new Uri(url));
            return await response.Content.ReadAsStringAsync();
        }
        catch (Exception error) when (error is HttpRequestException or TaskCanceledException)
        {
            return "";
        }
    }

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

    public async ValueTask DisposeAsync()
    {
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

    /// <summary>What it last wrote, and before that its errors.</summary>
    private IEnumerable<string> WhatMatters()
    {
        var lines = _lines.ToArray();
        return lines.SkipLast(60)
            .Where(line => line.Contains("\"level\":\"error\"", StringComparison.Ordinal)
                || line.Contains("\"level\":\"critical\"", StringComparison.Ordinal))
            .Take(40)
            .Concat(lines.TakeLast(60));
    }

    private void Keep(string? line)
    {
        if (line is not null)
        {
            _lines.Enqueue(line);
        }
    }
}
