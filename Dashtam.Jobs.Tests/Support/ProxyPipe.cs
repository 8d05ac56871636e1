using System.Net.Sockets;

namespace Dashtam.Jobs.Tests.Support;

/// <summary>One connection through a <see cref="FaultProxy"/>.</summary>
internal sealed class ProxyPipe(TcpClient client) : IDisposable
{
    private volatile ProxyTrap? _trap;
    private volatile bool _isSilent;

    public TcpClient Client { get; } = client;

    public TcpClient Server { get; } = new();

    public ProxyTrap? Trap
    {
        get => _trap;
        set => _trap = value;
    }

    public bool IsSilent
    {
        get => _isSilent;
        set => _isSilent = value;
    }

    public void Cut()
    {
        CutClient();
        Server.Close();
    }

    /// <summary>A reset, so that nothing that was under way arrives.</summary>
    public void CutClient()
    {
        Client.LingerState = new LingerOption(enable: true, seconds: 0);
        Client.Close();
    }

    public void Dispose()
    {
        Client.Dispose();
        Server.Dispose();
    }
}

/// <summary>What a <see cref="ProxyTrap"/> does when it springs.</summary>
internal enum ProxyTrapKind
{
    /// <summary>Cuts the connection when the server has answered.</summary>
    LoseReply,

    /// <summary>Keeps the request, and all that comes after it on that connection.</summary>
    HoldRequest,

    /// <summary>Keeps the reply, and all that comes after it on that connection.</summary>
    HoldReply,
}

/// <summary>Waits for one request; springs once.</summary>
internal sealed record ProxyTrap(ProxyTrapKind Kind, byte[][] Requests, byte[] Reply)
{
    public bool IsAskedBy(ReadOnlySpan<byte> bytes)
    {
        foreach (var request in Requests)
        {
            if (bytes.IndexOf(request) >= 0)
            {
                return true;
            }
        }

        return false;
    }
}
