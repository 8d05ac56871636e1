using System.Net.Sockets;

namespace Dashtam.Jobs.Faults.Lab;

/// <summary>One connection through a proxy, and its two directions.</summary>
internal sealed class ProxiedConnection(TcpProxy proxy, Socket client, Socket server) : IDisposable
{
    private const int ChunkBytes = 64 * 1024;

    /// <summary>Carries bytes until one side hangs up or the connection is reset.</summary>
    public async Task CarryAsync(CancellationToken cancellationToken)
    {
        var requests = PumpAsync(client, server, isReply: false, cancellationToken);
        var replies = PumpAsync(server, client, isReply: true, cancellationToken);
        await await Task.WhenAny(requests, replies);
        Reset();
        await Task.WhenAll(requests, replies).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    /// <summary>Ends both sides without a good-bye.</summary>
    public void Reset()
    {
        Reset(client);
        Reset(server);
    }

    /// <summary>Ends a socket without a good-bye.</summary>
    public static void Reset(Socket socket)
    {
        try
        {
            socket.LingerState = new LingerOption(enable: true, seconds: 0);
        }
        catch (Exception error) when (error is SocketException or ObjectDisposedException)
        {
            // It is gone already.
        }

        socket.Dispose();
    }

    public void Dispose() => Reset();

    private async Task PumpAsync(Socket from, Socket to, bool isReply, CancellationToken cancellationToken)
    {
        var chunk = new byte[ChunkBytes];
        while (await from.ReceiveAsync(chunk, cancellationToken) is var count and > 0)
        {
            if (proxy.DelayMs is var delay and > 0)
            {
                await Task.Delay(delay, cancellationToken);
            }

            if (isReply && proxy.LosesReplies)
            {
                return; // Redis has done what was asked; nobody gets to know.
            }

            if (!proxy.IsMute)
            {
                for (var sent = 0; sent < count;)
                {
                    sent += await to.SendAsync(chunk.AsMemory(sent, count - sent), cancellationToken);
                }
            }
        }
    }
}
