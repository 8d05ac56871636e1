using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Dashtam.Jobs.Tests.Support;
using NUnit.Framework;

namespace Dashtam.Jobs.Tests.Unit.Support;

/// <summary>The proxy's traps, whatever pieces the network makes of commands and replies.</summary>
[Category("Unit")]
[CancelAfter(10_000)]
internal sealed class FaultProxyTests
{
    private const string Before = "*1\r\n$4\r\nPING\r\n";
    private const string Awaited = "*2\r\n$7\r\nEVALSHA\r\n$6\r\nunpark\r\n";

    private TcpListener _listener = null!;
    private FaultProxy _proxy = null!;
    private TcpClient _client = null!;
    private TcpClient _server = null!;

    [SetUp]
    public async Task SetUp()
    {
        _listener = new TcpListener(IPAddress.Loopback, 0);
        _listener.Start();
        var port = ((IPEndPoint)_listener.LocalEndpoint).Port;
        _proxy = new FaultProxy(string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{port}"));
        _client = new TcpClient { NoDelay = true };
        await _client.ConnectAsync(IPAddress.Loopback, _proxy.Port);
        _server = await _listener.AcceptTcpClientAsync();
        _server.NoDelay = true;
    }

    [TearDown]
    public async Task TearDown()
    {
        _client.Dispose();
        _server.Dispose();
        await _proxy.DisposeAsync();
        _listener.Dispose();
    }

    [Test]
    public async Task A_command_is_held_wherever_it_is_cut_in_two([Range(1, 26)] int length)
    {
        _proxy.HoldRequest("another", "unpark");

        await PassesOnAsync(Awaited[..length]);
        await SendAsync(_client, Awaited[length..]);
        await _proxy.Held.WaitAsync(Limit);
        _client.Client.Shutdown(SocketShutdown.Send);

        Assert.That(await RestAsync(_server), Is.Empty);
    }

    [Test]
    public async Task A_reply_is_held_whose_command_came_in_two_pieces()
    {
        _proxy.HoldReplyTo(reply: "", "unpark");

        await PassesOnAsync(Awaited[..^5]);
        await PassesOnAsync(Awaited[^5..]);
        await SendAsync(_server, ":1\r\n");
        await _proxy.Held.WaitAsync(Limit);
        _server.Close();

        Assert.That(await RestAsync(_client), Is.Empty);
    }

    [Test]
    public async Task A_text_in_a_reply_is_found_that_came_in_two_pieces()
    {
        _proxy.HoldReplyTo("run_canary", "unpark");

        await PassesOnAsync(Awaited + Awaited);
        foreach (var piece in new[] { ":1\r\n", "$14\r\n  run_ca" })
        {
            await SendAsync(_server, piece);
            Assert.That(await ReadAsync(_client, piece.Length), Is.EqualTo(piece));
        }

        await SendAsync(_server, "nary  \r\n");
        await _proxy.Held.WaitAsync(Limit);
    }

    [Test]
    public async Task A_reply_is_lost_whose_command_came_in_two_pieces()
    {
        _proxy.LoseReplyTo(reply: "", "unpark");

        await PassesOnAsync(Awaited[..^5]);
        await PassesOnAsync(Awaited[^5..]);
        await SendAsync(_server, ":1\r\n");

        Assert.That(await RestAsync(_server), Is.Empty, "it hears of the end");
        _server.Close();
        await _proxy.ReplyLost.WaitAsync(Limit);
    }

    [TestCase("+PONG\r\n")]
    [TestCase("$-1\r\n")]
    [TestCase("$6\r\n:1\r\n:1\r\n")]
    [TestCase("*3\r\n:1\r\n*2\r\n+a\r\n$1\r\nb\r\n*-1\r\n")]
    public async Task The_reply_to_an_earlier_command_is_not_the_one_that_is_held(string earlier)
    {
        _proxy.HoldReplyTo(reply: "", "unpark");
        await PassesOnAsync(Before + Awaited);

        foreach (var piece in earlier)
        {
            await SendAsync(_server, $"{piece}");
            Assert.That(await ReadAsync(_client, length: 1), Is.EqualTo($"{piece}"));
        }

        Assert.That(_proxy.Held.IsCompleted, Is.False);
        await SendAsync(_server, ":1\r\n");
        await _proxy.Held.WaitAsync(Limit);
    }

    [Test]
    public async Task A_command_from_before_the_trap_was_set_does_not_spring_it()
    {
        await PassesOnAsync(Awaited);
        _proxy.HoldRequest("unpark", "a text that is longer than the command");

        await PassesOnAsync(Before);
    }

    private static CancellationToken Limit => TestContext.CurrentContext.CancellationToken;

    private async Task PassesOnAsync(string text)
    {
        await SendAsync(_client, text);
        Assert.That(await ReadAsync(_server, text.Length), Is.EqualTo(text));
    }

    private static async Task SendAsync(TcpClient from, string text) =>
        await from.GetStream().WriteAsync(Encoding.ASCII.GetBytes(text), Limit);

    private static async Task<string> ReadAsync(TcpClient at, int length)
    {
        var bytes = new byte[length];
        await at.GetStream().ReadExactlyAsync(bytes, Limit);
        return Encoding.ASCII.GetString(bytes);
    }

    private static async Task<string> RestAsync(TcpClient at)
    {
        using var reader = new StreamReader(at.GetStream(), Encoding.ASCII, leaveOpen: true);
        return await reader.ReadToEndAsync(Limit);
    }
}
