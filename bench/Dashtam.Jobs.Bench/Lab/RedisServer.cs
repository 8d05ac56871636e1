using System.Globalization;
using Dashtam.Jobs.Bench.Ours;
using Dashtam.Jobs.Core.Queue;
using StackExchange.Redis;

namespace Dashtam.Jobs.Bench.Lab;

/// <summary>The benchmark's own <c>redis-server</c>: the defaults, nothing on disk.</summary>
internal sealed class RedisServer : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly PeerProcess _process;
    private readonly ConnectionMultiplexer _connection;

    private RedisServer(PeerProcess process, ConnectionMultiplexer connection, int port) =>
        (_process, _connection, Port) = (process, connection, port);

    public int Port { get; }

    public int ProcessId => _process.Id;

    public string Url => $"redis://127.0.0.1:{Port}/0";

    public string Version => Server.Version.ToString();

    /// <summary>How many of our jobs are ready.</summary>
    public long ReadyJobs => _connection.GetDatabase().ListLength(new QueueOptions().Name);

    private IServer Server => _connection.GetServers()[0];

    public static async Task<RedisServer> StartAsync(string program, string folder)
    {
        var port = Settings.FreePort();
        var text = port.ToString(CultureInfo.InvariantCulture);
        var process = PeerProcess.Start(program,
            ["--port", text, "--bind", "127.0.0.1", "--dir", folder, "--save", "", "--appendonly", "no"]);
        try
        {
            var connection = await ConnectionMultiplexer.ConnectAsync(
                $"127.0.0.1:{text},allowAdmin=true,abortConnect=false,connectRetry=20,keepAlive=3600,name=bench");
            var server = new RedisServer(process, connection, port);
            await server.UntilItAnswersAsync();
            return server;
        }
        catch
        {
            await process.DisposeAsync();
            throw;
        }
    }

    public Task FlushAsync() => Server.FlushAllDatabasesAsync();

    public async Task<long> UsedMemoryAsync()
    {
        var memory = await Server.InfoAsync("memory");
        return long.Parse(memory[0].First(pair => pair.Key == "used_memory").Value, CultureInfo.InvariantCulture);
    }

    public async ValueTask DisposeAsync()
    {
        await _connection.DisposeAsync();
        await _process.DisposeAsync();
    }

    private async Task UntilItAnswersAsync()
    {
        using var deadline = new CancellationTokenSource(Patience);
        while (true)
        {
            try
            {
                await _connection.GetDatabase().PingAsync();
                return;
            }
            catch (Exception error) when (error is RedisException or TimeoutException
                && !deadline.IsCancellationRequested && !_process.HasEnded)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(50), CancellationToken.None);
            }
        }
    }
}
