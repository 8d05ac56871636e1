using System.Net.Sockets;

namespace Dashtam.Jobs.Tests.Support;

/// <summary>One connection through a <see cref="FaultProxy"/>.</summary>
internal sealed class ProxyPipe(TcpClient client) : IDisposable
{
    /// <summary>So long may a text be that is found although it comes in pieces.</summary>
    private const int LongestRequest = 1_024;

    private readonly RespCounter _commands = new();
    private readonly RespCounter _replies = new();
    private byte[] _sent = [];
    private volatile ProxyTrap? _trap;
    private volatile bool _isSilent;

    public TcpClient Client { get; } = client;

    public TcpClient Server { get; } = new();

    public ProxyTrap? Trap
    {
        get => _trap;
        set => _trap = value;
    }

    /// <summary>How many replies come before the one to the command that <see cref="Trap"/> waits for.</summary>
    public long RepliesBefore { get; private set; }

    public bool IsSilent
    {
        get => _isSilent;
        set => _isSilent = value;
    }

    /// <summary>Looks for a trap's request in what the client has sent, also where it is cut in two.</summary>
    /// <returns>Whether the request is whole now.</returns>
    public bool Asks(ProxyTrap? trap, ReadOnlySpan<byte> read)
    {
        var end = trap?.EndIn(_sent, read) ?? -1;
        _commands.Feed(read[..Math.Max(0, end)]);
        if (end >= 0 && Trap != trap)
        {
            RepliesBefore = _commands.Count;
            Trap = trap;
        }

        _commands.Feed(read[Math.Max(0, end)..]);
        byte[] sent = [.. _sent, .. read];
        _sent = sent[^Math.Min(sent.Length, LongestRequest)..];
        return end >= 0;
    }

    /// <summary>Whether the reply that <see cref="Trap"/> waits for, or one after it, is in what the server has sent.</summary>
    public bool Answers(ReadOnlySpan<byte> read)
    {
        _replies.Feed(read);
        return Trap is { } trap && _replies.Count > RepliesBefore && read.IndexOf(trap.Reply) >= 0;
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
    /// <summary>Where in what was read one of the requests ends; -1: none does.</summary>
    /// <param name="before">What the connection sent before that: a request may begin in it.</param>
    /// <param name="read">What was read now.</param>
    public int EndIn(ReadOnlySpan<byte> before, ReadOnlySpan<byte> read)
    {
        foreach (var request in Requests)
        {
            var part = before[^Math.Min(before.Length, request.Length - 1)..];
            byte[] bytes = [.. part, .. read];
            if (bytes.AsSpan().IndexOf(request) is var start and >= 0)
            {
                return start + request.Length - part.Length;
            }
        }

        return -1;
    }
}
