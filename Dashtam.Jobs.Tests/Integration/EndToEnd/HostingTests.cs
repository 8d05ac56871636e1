using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using Dashtam.Jobs.Tests.Support;
using NUnit.Framework;

namespace Dashtam.Jobs.Tests.Integration.EndToEnd;

/// <summary>What a real process does about its port, its environment, its signals, and a Redis that says nothing.</summary>
[Category("Integration")]
[CancelAfter(120_000)]
[Parallelizable(ParallelScope.All)] // they wait most of the time, each on a queue of its own
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal sealed partial class HostingTests
{
    private const string EverySecond = "* * * * * *";

    private TestQueue _queue = null!;

    [SetUp]
    public async Task SetUp() => _queue = await TestQueue.CreateAsync();

    [TearDown]
    public async Task TearDown() => await _queue.DisposeAsync();

    [TestCase(true)]
    [TestCase(false)]
    public async Task A_process_whose_port_is_taken_says_so_in_one_line_and_has_touched_nothing(bool scheduler)
    {
        using var other = Listener();
        var port = ((IPEndPoint)other.LocalEndpoint).Port.ToString(CultureInfo.InvariantCulture);

        await using var process = Start(scheduler, ("JOBS_HTTP_PORT", port), ("TOKEN_CHECK_CRON", EverySecond));
        var exitCode = await process.ExitAsync(within: TimeSpan.FromSeconds(40));
        await process.UntilLoggedAsync("startup_failed");

        Assert.That(exitCode, Is.EqualTo(1));
        var lines = process.Lines.Where(line => !line.Contains("job_not_offered", StringComparison.Ordinal)).ToList();
        Assert.That(lines, Has.Count.EqualTo(1), "nothing was said to listen, and nothing was loaded");
        Assert.That(lines[0], Does.Contain($"JOBS_HTTP_PORT: port {port} is taken"));
        Assert.That(await _queue.ReadyAsync(), Is.Zero);
        Assert.That(await _queue.Queue.KeyExistsAsync([_queue.Keys.Schedules, _queue.Keys.Workers]), Is.Zero);
    }

    [TestCase(true)]
    [TestCase(false)]
    public async Task Health_answers_at_once_while_Redis_accepts_connections_and_says_nothing(bool scheduler)
    {
        using var silent = Listener();

        await using var process = Start(
            scheduler, ("REDIS_URL", string.Create(CultureInfo.InvariantCulture, $"redis://{silent.LocalEndpoint}/0")));
        await process.UntilAsync(async () => await process.LivenessAsync() == 200, "live");

        Assert.That(process.Count("redis_unreachable"), Is.Zero, "the connection has not been given up yet");
        var asked = Stopwatch.StartNew();
        Assert.That(await process.ReadinessAsync(), Is.EqualTo(503));
        Assert.That(asked.Elapsed, Is.LessThan(TimeSpan.FromSeconds(1)));
    }

    [Test]
    public async Task Variables_of_other_programs_neither_open_a_port_nor_break_health()
    {
        var other = string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{LocalCommand.FreePort()}");
        var ports = new Uri(other).Port.ToString(CultureInfo.InvariantCulture);
        (string, string)[] ambient =
        [
            ("URLS", other), ("ASPNETCORE_URLS", other), ("DOTNET_URLS", other), ("Kestrel__Endpoints__Other__Url", other),
            ("HTTP_PORTS", ports), ("ASPNETCORE_HTTP_PORTS", ports), ("DOTNET_HTTP_PORTS", ports),
            ("PREFERHOSTINGURLS", "true"), ("ASPNETCORE_PREFERHOSTINGURLS", "true"),
            ("AllowedHosts", "example.test"), ("Kestrel__Limits__MaxConcurrentConnections", "0"),
            ("ASPNETCORE_ENVIRONMENT", "Development"), ("SERVICESSTARTCONCURRENTLY", "true"), ("SHUTDOWNTIMEOUTSECONDS", "1"),
            ("ASPNETCORE_HOSTINGSTARTUPASSEMBLIES", "Nothing.Such"), ("Logging__LogLevel__Default", "None"),
            ("HTTP_PROXY", "http://127.0.0.1:1"), ("ALL_PROXY", "http://127.0.0.1:1"), ("http_proxy", "http://127.0.0.1:1"),
            ("quartz.jobStore.type", "Nothing.Such"),
        ];
        await using var worker = Start(scheduler: false, ambient);
        await using var scheduler = Start(scheduler: true, ambient);
        await worker.UntilReadyAsync();
        await scheduler.UntilReadyAsync();

        await using var probe = ServiceProcess.WorkerProbe(
            [.. ambient, ("JOBS_HTTP_PORT", worker.HttpPort.ToString(CultureInfo.InvariantCulture))]);

        Assert.That(await probe.ExitAsync(), Is.Zero, string.Join('\n', probe.Lines));
        Assert.That(await ListeningAsync(worker), Is.EqualTo([worker.HttpPort]));
        Assert.That(await ListeningAsync(scheduler), Is.EqualTo([scheduler.HttpPort]));
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false });
        using var answer = await http.GetAsync(new Uri(
            string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{worker.HttpPort}/health/live")));
        Assert.That(answer.Headers.Server, Is.Empty);
    }

    [Test]
    public async Task A_hang_up_drains_a_worker_and_a_second_signal_does_not_cut_the_drain_short()
    {
        await using var worker = Start(scheduler: false);
        await _queue.PushAsync(Canary.Envelope("running", sleepMs: 2_000));
        await worker.UntilLoggedAsync("job_started");

        await worker.SignalAsync("HUP");
        await worker.UntilLoggedAsync("drain_started");
        await worker.SignalAsync("USR1");
        await worker.SignalAsync("TERM");

        Assert.That(await worker.ReadinessAsync(), Is.EqualTo(503), "it answers, and takes nothing more");
        Assert.That(await worker.ExitAsync(), Is.Zero);
        Assert.That(await _queue.Queue.KeyExistsAsync(_queue.Keys.Result("running")), Is.True);
        Assert.That(await _queue.Queue.SortedSetLengthAsync(_queue.Keys.Workers), Is.Zero, "it has left");
    }

    [TestCase("HUP")]
    [TestCase("USR2")]
    public async Task A_scheduler_stops_in_order_at(string signal)
    {
        await using var scheduler = Start(scheduler: true);
        await scheduler.UntilReadyAsync();

        await scheduler.SignalAsync(signal);

        Assert.That(await scheduler.ExitAsync(), Is.Zero);
        await scheduler.UntilLoggedAsync("process_stopped");
    }

    [Test]
    public async Task A_process_whose_threads_are_blocked_for_ever_ends_itself_to_be_started_again()
    {
        await using var scheduler = ServiceProcess.DeadlockedScheduler(WorkerSettings.On(_queue, more:
            [("TOKEN_CHECK_CRON", WorkerSettings.Never), ("SESSION_CHECK_CRON", WorkerSettings.Never), ("JOBS_WATCHDOG_SECONDS", "5")]));

        Assert.That(await scheduler.ExitAsync(), Is.EqualTo(75));
        await scheduler.UntilLoggedAsync("process_deadlocked");
    }

    private ServiceProcess Start(bool scheduler, params (string Name, string Value)[] more)
    {
        var settings = WorkerSettings.On(_queue, more:
            [("TOKEN_CHECK_CRON", WorkerSettings.Never), ("SESSION_CHECK_CRON", WorkerSettings.Never), .. more]);
        return scheduler ? ServiceProcess.Scheduler(settings) : ServiceProcess.Worker(settings);
    }

    private static TcpListener Listener()
    {
        var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return listener;
    }

    /// <summary>The ports on which a process listens: its sockets, among those of the machine that listen.</summary>
    private static async Task<List<int>> ListeningAsync(ServiceProcess process)
    {
        var own = Directory.GetFiles(string.Create(CultureInfo.InvariantCulture, $"/proc/{process.Id}/fd"))
            .Select(file => SocketNumber().Match(new FileInfo(file).LinkTarget ?? "").Groups["inode"].Value)
            .ToHashSet(StringComparer.Ordinal);
        string[] sockets = [.. await File.ReadAllLinesAsync("/proc/net/tcp"), .. await File.ReadAllLinesAsync("/proc/net/tcp6")];
        return
        [
            .. sockets.Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
                .Where(fields => fields[3] == "0A" && own.Contains(fields[9]))
                .Select(fields => int.Parse(fields[1].Split(':')[^1], NumberStyles.HexNumber, CultureInfo.InvariantCulture)),
        ];
    }

    [GeneratedRegex(@"^socket:\[(?<inode>\d+)\]$", RegexOptions.None, 1_000)]
    private static partial Regex SocketNumber();
}
