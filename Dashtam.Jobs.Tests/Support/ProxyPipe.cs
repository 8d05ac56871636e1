using System.Net.Sockets;

namespace Dashtam.Jobs.Tests.Support;

/// <summary>One connection through a <see cref="FaultProxy"/>.</summary>
internal sealed class ProxyPipe(TcpClient client) : IDisposable
{
    /// <summary>So long may a text be that is found although it comes in pieces.</summary>
    private const int LongestText = 1_024;

    private readonly RespCounter _commands = new();
    private readonly RespCounter _replies = new();
    private byte[] _sent = [];
    private byte[] _answered = [];
    private volatile ProxyTrap? _trap;
    private volatile bool _isSilent;

    // Kept apart: the client forgets its socket when the other side's end closes it at the same moment.
    private readonly Socket _socket = client.Client;

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
        _sent = EndOf(_sent, read);
        return end >= 0;
    }

    /// <summary>Whether the reply that <see cref="Trap"/> waits for, or one after it, is in what the server has sent.</summary>
    public bool Answers(ReadOnlySpan<byte> read)
    {
        _replies.Feed(read);
        var answers = Trap is { } trap && _replies.Begun > RepliesBefore && trap.IsAnsweredIn(_answered, read);
        _answered = EndOf(_answered, read);
        return answers;
    }

    public void Cut()
    {
        CutClient();
        Server.Close();
    }

    /// <summary>A reset, so that nothing that was under way arrives.</summary>
    public void CutClient()
    {
        try
        {
            _socket.LingerState = new LingerOption(enable: true, seconds: 0);
        }
        catch (ObjectDisposedException)
        {
            // It has been closed already.
        }

        Client.Close();
    }

    public void Dispose()
    {
        Client.Dispose();
        Server.Dispose();
    }

    private static byte[] EndOf(byte[] before, ReadOnlySpan<byte> read)
    {
        byte[] all = [.. before, .. read];
        return all[^Math.Min(all.Length, LongestText)..];
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
            if (EndOf(request, before, read) is var end and >= 0)
            {
                return end;
            }
        }

        return -1;
    }

    /// <summary>Whether the reply's text ends in what was read.</summary>
    /// <param name="before">What the server sent before that.</param>
    /// <param name="read">What was read now.</param>
    public bool IsAnsweredIn(ReadOnlySpan<byte> before, ReadOnlySpan<byte> read) =>
        Reply.Length == 0 || EndOf(Reply, before, read) >= 0;

    private static int EndOf(byte[] text, ReadOnlySpan<byte> before, ReadOnlySpan<byte> read)
    {
        var part = before[^Math.Min(before.Length, text.Length - 1)..];
        byte[] bytes = [.. part, .. read];
        var start = bytes.AsSpan().IndexOf(text);
        return start < 0 ? -1 : start + text.Length - part.Length;
    }
}
