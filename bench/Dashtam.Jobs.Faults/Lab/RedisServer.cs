using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Dashtam.Jobs.Faults.History;
using StackExchange.Redis;

namespace Dashtam.Jobs.Faults.Lab;

/// <summary>
/// A <c>redis-server</c> that forgets nothing it has acknowledged: each write is on the disk before its reply. It can
/// be killed
/// and started again.
/// </summary>
/// <param name="folder">Where its files are.</param>
/// <param name="history">What is told of it.</param>
/// <param name="keepsJournal">Whether its append-only file is read at the end, and so never rewritten.</param>
internal sealed class RedisServer(string folder, HistoryRecorder history, bool keepsJournal) : IAsyncDisposable
{
    private readonly RedisClock _clock = new(folder);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private ChildProcess? _process;
    private ConnectionMultiplexer? _operator;

    public int Port { get; } = FreePort();

    public int ProcessId => _process?.Id ?? 0;

    public bool IsUp { get; private set; }

    /// <summary>The suite's own way to it, past all proxies.</summary>
    public IDatabase Database => Multiplexer.GetDatabase();

    public IServer Server => Multiplexer.GetServers()[0];

    private ConnectionMultiplexer Multiplexer => _operator ?? throw new InvalidOperationException("Redis has not been started.");

    /// <summary>The append-only file: all writes since the first start, as it is never rewritten.</summary>
    public string JournalPath => Path.Combine(folder, "appendonlydir", "appendonly.aof.1.incr.aof");

    /// <summary>Sets its clock off by this much; zero sets it right.</summary>
    public Task SetClockAsync(TimeSpan by) => _clock.SetAsync(by);

    public async Task StartAsync()
    {
        Directory.CreateDirectory(folder);
        await _clock.WriteAsync(TimeSpan.Zero);
        var port = Port.ToString(CultureInfo.InvariantCulture);
        string[] arguments =
        [
            "--port", port, "--bind", "127.0.0.1", "--dir", folder, "--save", "",
            "--appendonly", "yes", "--appendfsync", "always", "--auto-aof-rewrite-percentage", keepsJournal ? "0" : "100",
            "--aof-use-rdb-preamble", "no", "--aof-timestamp-enabled", "yes",
            "--enable-debug-command", "local", "--logfile", Path.Combine(folder, "redis.log"),
        ];
        _process = ChildProcess.Start("redis-server", arguments, Environment(), _ => { });
        _operator ??= await ConnectionMultiplexer.ConnectAsync(
            $"127.0.0.1:{port},allowAdmin=true,abortConnect=false,connectTimeout=2000,asyncTimeout=15000,name=fault-suite");
        await UntilItAnswersAsync();
        IsUp = true;
        history.Add(history.Now(HistoryKind.RedisUp) with { Process = "redis" });
    }

    /// <summary>Ends it, with -9 or as an operator would.</summary>
    public async Task EndAsync(bool kill)
    {
        history.Add(history.Now(HistoryKind.RedisDown) with { Process = "redis", Detail = kill ? "kill -9" : "stop" });
        IsUp = false;
        await _process!.SignalAsync(kill ? "KILL" : "TERM");
        if (!await _process.EndsWithinAsync(Patience))
        {
            await _process.KillAsync();
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_operator is not null)
        {
            await _operator.DisposeAsync();
        }

        if (_process is not null)
        {
            await _process.DisposeAsync();
        }
    }

    /// <summary>A port of loopback that was free a moment ago.</summary>
    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    // A soak measures Redis as it is.
    private IReadOnlyDictionary<string, string> Environment() =>
        keepsJournal ? _clock.Environment() : new Dictionary<string, string>(StringComparer.Ordinal);

    private async Task UntilItAnswersAsync()
    {
        using var deadline = new CancellationTokenSource(Patience);
        while (true)
        {
            try
            {
                await Database.PingAsync();
                return;
            }
            catch (Exception error) when (error is RedisException or TimeoutException && !deadline.IsCancellationRequested)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(50));
            }
        }
    }
}
