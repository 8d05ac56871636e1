using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Dashtam.Jobs.Faults.Lab;

/// <summary>
/// What one process' connections to Redis go through, so that they can be cut, delayed, muted and refused.
/// </summary>
internal sealed class TcpProxy : IAsyncDisposable
{
    private readonly int _serverPort;
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentDictionary<ProxiedConnection, byte> _connections = [];
    private readonly Task _accepting;

    public TcpProxy(int serverPort)
    {
        _serverPort = serverPort;
        _listener.Start();
        Port = ((IPEndPoint)_listener.LocalEndpoint).Port;
        _accepting = AcceptAsync();
    }

    public int Port { get; }

    /// <summary>How long each chunk is held back, in ms; 0: not at all.</summary>
    public int DelayMs { get; set; }

    /// <summary>While true, bytes are swallowed in both directions and nobody is told.</summary>
    public bool IsMute { get; set; }

    /// <summary>While true, new connections are reset at once.</summary>
    public bool Refuses { get; set; }

    /// <summary>While true, the next reply on each connection is not passed on; the connection ends instead.</summary>
    public bool LosesReplies { get; set; }

    /// <summary>Resets all connections.</summary>
    public void Cut()
    {
        foreach (var connection in _connections.Keys)
        {
            connection.Reset();
        }
    }

    /// <summary>Carries everything again; what was muted has lost bytes and cannot go on, so it ends.</summary>
    public void Heal()
    {
        var wasMute = IsMute;
        (DelayMs, IsMute, Refuses, LosesReplies) = (0, false, false, false);
        if (wasMute)
        {
            Cut();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        Cut();
        await _accepting.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _listener.Dispose();
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            var client = await _listener.AcceptSocketAsync(_stop.Token);
            if (Refuses)
            {
                ProxiedConnection.Reset(client);
                continue;
            }

            _ = CarryAsync(client);
        }
    }

    private async Task CarryAsync(Socket client)
    {
        var server = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        client.NoDelay = true;
        using var connection = new ProxiedConnection(this, client, server);
        _connections[connection] = 0;
        try
        {
            await server.ConnectAsync(IPAddress.Loopback, _serverPort, _stop.Token);
            await connection.CarryAsync(_stop.Token);
        }
        catch (Exception error) when (error is SocketException or ObjectDisposedException or OperationCanceledException)
        {
            // Redis is away, or somebody has hung up: the client is told by the reset below.
        }
        finally
        {
            _connections.TryRemove(connection, out _);
        }
    }
}
