using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Dashtam.Jobs.Faults.History;
using StackExchange.Redis;

namespace Dashtam.Jobs.Faults.Lab;

/// <summary>
/// A <c>redis-server</c> that forgets nothing it has acknowledged: each write is on the disk before its reply. It can be killed
/// and started again. Where it ends by itself, it is started again, and the history says so.
/// </summary>
internal sealed class RedisServer : IAsyncDisposable
{
    /// <summary>The fault that nobody planned, in the history.</summary>
    public const string EndedByItself = "EndedByItself";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Start = TimeSpan.FromSeconds(1.5);

    private readonly string _folder;
    private readonly HistoryRecorder _history;
    private readonly bool _keepsJournal;
    private readonly RedisClock _clock;
    private readonly SemaphoreSlim _turn = new(1, 1);
    private ChildProcess? _process;
    private ConnectionMultiplexer? _operator;

    /// <param name="folder">Where its files are.</param>
    /// <param name="history">What is told of it.</param>
    /// <param name="keepsJournal">Whether its append-only file is read at the end, and so never rewritten.</param>
    public RedisServer(string folder, HistoryRecorder history, bool keepsJournal)
    {
        (_folder, _history, _keepsJournal) = (folder, history, keepsJournal);
        _clock = new RedisClock(folder);
        Reader = new PatientReader(TimeProvider.System, LookAsync);
    }

    public int Port { get; } = FreePort();

    public int ProcessId => _process?.Id ?? 0;

    /// <summary>Whether the suite has started it and not ended it since.</summary>
    public bool IsUp { get; private set; }

    /// <summary>For all that the suite itself reads.</summary>
    public PatientReader Reader { get; }

    /// <summary>The suite's own way to it, past all proxies.</summary>
    public IDatabase Database => Multiplexer.GetDatabase();

    public IServer Server => Multiplexer.GetServers()[0];

    private ConnectionMultiplexer Multiplexer => _operator ?? throw new InvalidOperationException("Redis has not been started.");

    /// <summary>The append-only file: all writes since the first start, as it is never rewritten.</summary>
    public string JournalPath => Path.Combine(_folder, "appendonlydir", "appendonly.aof.1.incr.aof");

    /// <summary>Sets its clock off by this much; zero sets it right.</summary>
    public Task SetClockAsync(TimeSpan by) => _clock.SetAsync(by);

    public async Task StartAsync()
    {
        Directory.CreateDirectory(_folder);
        await _clock.WriteAsync(TimeSpan.Zero);
        var port = Port.ToString(CultureInfo.InvariantCulture);
        string[] arguments =
        [
            "--port", port, "--bind", "127.0.0.1", "--dir", _folder, "--save", "",
            "--appendonly", "yes", "--appendfsync", "always", "--auto-aof-rewrite-percentage", _keepsJournal ? "0" : "100",
            "--aof-use-rdb-preamble", "no", "--aof-timestamp-enabled", "yes",
            "--enable-debug-command", "local", "--logfile", Path.Combine(_folder, "redis.log"),
        ];
        _process = ChildProcess.Start("redis-server", arguments, Environment(), _ => { });
        _operator ??= await ConnectionMultiplexer.ConnectAsync(
            $"127.0.0.1:{port},allowAdmin=true,abortConnect=false,connectTimeout=2000,asyncTimeout=15000,name=fault-suite");
        await Reader.ReadAsync("the first answer of Redis after its start", async () => await Database.PingAsync());
        IsUp = true;
        _history.Add(_history.Now(HistoryKind.RedisUp) with { Process = "redis" });
    }

    /// <summary>Ends it, with -9 or as an operator would.</summary>
    public async Task EndAsync(bool kill)
    {
        _history.Add(_history.Now(HistoryKind.RedisDown) with { Process = "redis", Detail = kill ? "kill -9" : "stop" });
        IsUp = false;
        await _process!.SignalAsync(kill ? "KILL" : "TERM");
        if (!await _process.EndsWithinAsync(Patience))
        {
            await _process.KillAsync();
        }
    }

    /// <summary>Takes back what faults have set in it; returns when nothing of that is left.</summary>
    /// <exception cref="LaboratoryException">Something stays.</exception>
    public Task HealAsync()
    {
        var rest = new RedisRest(Server, TimeProvider.System);
        return Reader.ReadAsync("whether Redis is as it was at the start", async () =>
            await rest.RestoreAsync() is { } left ? throw new RedisException($"Redis is not as it was: {left}") : true);
    }

    /// <summary>Starts it again where it has ended although nobody ended it.</summary>
    /// <returns>What is known of it, in words.</returns>
    public async Task<string> LookAsync()
    {
        var process = _process!;
        var id = process.Id.ToString(CultureInfo.InvariantCulture);
        if (!IsUp || !process.HasEnded)
        {
            return $"redis-server {id} {(process.HasEnded ? "has ended" : "runs")}";
        }

        await _turn.WaitAsync();
        try
        {
            if (IsUp && process == _process)
            {
                await StartAgainAsync(process);
            }
        }
        finally
        {
            _turn.Release();
        }

        return $"redis-server {id} ended by itself; another one was started";
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
        _keepsJournal ? _clock.Environment() : new Dictionary<string, string>(StringComparer.Ordinal);

    private async Task StartAgainAsync(ChildProcess ended)
    {
        IsUp = false;
        var line = _history.Now(HistoryKind.Fault) with { Process = "redis", Detail = EndedByItself };
        _history.Add(_history.Now(HistoryKind.RedisDown) with { Process = "redis", Detail = $"by itself, exit code {ended.ExitCode}" });
        await StartAsync();
        _history.Add(line with { UntilMs = _history.NowMs + (long)Start.TotalMilliseconds });
    }
}
