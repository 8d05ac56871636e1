using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Dashtam.Jobs.Tests.Support;

/// <summary>What a <see cref="FaultProxy"/> does with the connections through it.</summary>
internal enum ProxyMode
{
    /// <summary>Bytes pass both ways.</summary>
    Pass,

    /// <summary>New connections are refused, as by a server that does not run.</summary>
    Refuse,

    /// <summary>Bytes are taken and go nowhere; connections stay open: half-open sockets.</summary>
    Swallow,
}

/// <summary>A TCP proxy before a Redis that does to connections what networks do.</summary>
internal sealed class FaultProxy : IAsyncDisposable
{
    private const int Tries = 100;

    private readonly int _target;
    private readonly ConcurrentDictionary<ProxyPipe, byte> _pipes = new();
    private readonly CancellationTokenSource _end = new();
    private readonly Lock _lock = new();
    private TcpListener? _listener;
    private volatile ProxyMode _mode;
    private ProxyTrap? _trap;
    private byte[]? _answer;
    private TaskCompletionSource _asked = NewSignal();
    private TaskCompletionSource _sprung = NewSignal();

    /// <param name="target">A server of this machine, in StackExchange.Redis' form.</param>
    public FaultProxy(string target)
    {
        _target = int.Parse(target.Split(':')[1], CultureInfo.InvariantCulture);
        Port = LocalCommand.FreePort();
        Listen();
    }

    public int Port { get; }

    /// <summary>In StackExchange.Redis' form.</summary>
    public string ConnectionString => string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{Port}");

    /// <summary>Completes when the reply has been lost that <see cref="LoseReplyTo"/> asked for.</summary>
    public Task ReplyLost => _sprung.Task;

    /// <summary>Completes when a request has been seen, and forwarded, whose reply is waited for.</summary>
    public Task Asked => _asked.Task;

    /// <summary>Completes when <see cref="HoldRequest"/> or <see cref="HoldReplyTo"/> holds what it waited for.</summary>
    public Task Held => _sprung.Task;

    /// <summary>
    /// Once: a connection that sends a command with one of the texts in it is cut when the server answers that command, or a
    /// later one, with <paramref name="reply"/>, empty for anything. The answer is thrown away; all that was sent on the
    /// connection has run.
    /// </summary>
    public void LoseReplyTo(string reply, params string[] requests) => Set(ProxyTrapKind.LoseReply, reply, requests);

    /// <summary>
    /// Once: a command with one of the texts in it does not reach the server whole, and so does not run, nor does anything that
    /// the connection sends later.
    /// </summary>
    public void HoldRequest(params string[] requests) => Set(ProxyTrapKind.HoldRequest, reply: "", requests);

    /// <summary>
    /// Once: a connection that sends a command with one of the texts in it hears nothing any more when the server answers that
    /// command, or a later one, with <paramref name="reply"/>, empty for anything; it stays open.
    /// </summary>
    public void HoldReplyTo(string reply, params string[] requests) => Set(ProxyTrapKind.HoldReply, reply, requests);

    /// <summary>From now on new connections behave so; those that exist as well, except that none is refused.</summary>
    public void Set(ProxyMode mode)
    {
        _mode = mode;
        lock (_lock)
        {
            if (mode == ProxyMode.Refuse)
            {
                _listener?.Dispose();
                _listener = null;
            }
            else if (_listener is null)
            {
                Listen();
            }
        }
    }

    /// <summary>Every command is answered with this line, as <c>-LOADING …</c>, and reaches no server; null ends that.</summary>
    public void AnswerWith(string? line) =>
        Volatile.Write(ref _answer, line is null ? null : Encoding.UTF8.GetBytes(line + "\r\n"));

    /// <summary>The connections that there are stay open, and nothing passes through them any more.</summary>
    public void SilenceAll()
    {
        foreach (var pipe in _pipes.Keys)
        {
            pipe.IsSilent = true;
        }
    }

    /// <summary>Ends the connections that there are.</summary>
    public void CutAll()
    {
        foreach (var pipe in _pipes.Keys)
        {
            pipe.Cut();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        lock (_lock)
        {
            _listener?.Dispose();
        }

        CutAll();
        _end.Dispose();
    }

    private void Listen()
    {
        var listener = new TcpListener(IPAddress.Loopback, Port) { ExclusiveAddressUse = false };
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                listener.Start();
                break;
            }
            catch (SocketException error) when (error.SocketErrorCode == SocketError.AddressAlreadyInUse && attempt < Tries)
            {
                // A process that another test starts at this moment holds a copy of the socket that looked for a free port, or of
                // the listener before this one, until it has begun to run its own program.
                Thread.Sleep(10);
            }
        }

        _listener = listener;
        _ = AcceptAsync(listener);
    }

    private async Task AcceptAsync(TcpListener listener)
    {
        try
        {
            while (true)
            {
                _ = ServeAsync(await listener.AcceptTcpClientAsync(_end.Token));
            }
        }
        catch (Exception error) when (error is SocketException or ObjectDisposedException or OperationCanceledException)
        {
            // It is refused from now on.
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using var pipe = new ProxyPipe(client);
        _pipes[pipe] = 0;
        try
        {
            await pipe.Server.ConnectAsync(IPAddress.Loopback, _target, _end.Token);
            var replies = RepliesAsync(pipe);
            await Task.WhenAny(RequestsAsync(pipe), replies);
            if (pipe.Trap is { Kind: ProxyTrapKind.LoseReply })
            {
                await replies;
            }
        }
        catch (Exception error) when (error is SocketException or IOException or ObjectDisposedException or OperationCanceledException)
        {
            // One side is gone, so is the other.
        }
        finally
        {
            _pipes.TryRemove(pipe, out _);
        }
    }

    private async Task RequestsAsync(ProxyPipe pipe)
    {
        var buffer = new byte[64 * 1024];
        int read;
        while ((read = await pipe.Client.GetStream().ReadAsync(buffer, _end.Token)) > 0)
        {
            if (_mode == ProxyMode.Swallow || pipe.IsSilent)
            {
                continue;
            }

            var requests = buffer.AsMemory(0, read);
            if (Volatile.Read(ref _answer) is { } answer)
            {
                await AnswerAsync(pipe, requests, answer);
                continue;
            }

            var trap = Volatile.Read(ref _trap);
            if (pipe.Asks(trap, requests.Span) && trap!.Kind == ProxyTrapKind.HoldRequest && Springs(trap))
            {
                Hold(pipe);
                continue;
            }

            await pipe.Server.GetStream().WriteAsync(requests, _end.Token);
            if (pipe.Trap is not null)
            {
                _asked.TrySetResult();
            }
        }
    }

    // One answer for each command: an array begins with a star at the start of a line.
    private async Task AnswerAsync(ProxyPipe pipe, ReadOnlyMemory<byte> requests, byte[] answer)
    {
        var commands = requests.Span.Count("\n*"u8) + (requests.Span[0] == (byte)'*' ? 1 : 0);
        for (var command = 0; command < commands; command++)
        {
            await pipe.Client.GetStream().WriteAsync(answer, _end.Token);
        }
    }

    private async Task RepliesAsync(ProxyPipe pipe)
    {
        var buffer = new byte[64 * 1024];
        int read;
        while ((read = await pipe.Server.GetStream().ReadAsync(buffer, _end.Token)) > 0)
        {
            if (pipe.Answers(buffer.AsSpan(0, read)) && pipe.Trap is { } trap && Springs(trap))
            {
                if (trap.Kind == ProxyTrapKind.LoseReply)
                {
                    await LoseAsync(pipe, buffer);
                    return;
                }

                Hold(pipe);
            }

            if (_mode == ProxyMode.Pass && !pipe.IsSilent)
            {
                await pipe.Client.GetStream().WriteAsync(buffer.AsMemory(0, read), _end.Token);
            }
        }
    }

    private void Set(ProxyTrapKind kind, string reply, string[] requests)
    {
        _asked = NewSignal();
        _sprung = NewSignal();
        Volatile.Write(
            ref _trap,
            new ProxyTrap(kind, Array.ConvertAll(requests, Encoding.UTF8.GetBytes), Encoding.UTF8.GetBytes(reply)));
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private bool Springs(ProxyTrap trap) => Interlocked.CompareExchange(ref _trap, null, trap) == trap;

    private void Hold(ProxyPipe pipe)
    {
        pipe.IsSilent = true;
        _sprung.TrySetResult();
    }

    private async Task LoseAsync(ProxyPipe pipe, byte[] buffer)
    {
        var server = pipe.Server.GetStream(); // not to be had after the shutdown
        pipe.CutClient();
        pipe.Server.Client.Shutdown(SocketShutdown.Send); // Redis runs what it was sent before it sees the end
        while (await server.ReadAsync(buffer, _end.Token) > 0)
        {
            // Nobody hears the answers.
        }

        _sprung.TrySetResult();
    }
}
