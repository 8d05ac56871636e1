using System.Net;
using System.Net.Sockets;

namespace Dashtam.Jobs.Bench.Lab;

/// <summary><c>MONITOR</c>: counts the commands that Redis is sent, and those that scripts execute.</summary>
/// <remarks>For an idle system: under load it would be load itself.</remarks>
internal sealed class CommandMonitor : IAsyncDisposable
{
    private readonly TcpClient _client;
    private readonly Task _reading;
    private long _sent;
    private long _inScripts;

    private CommandMonitor(TcpClient client, StreamReader lines)
    {
        _client = client;
        _reading = ReadAsync(lines);
    }

    /// <summary>Commands that clients have sent since the start.</summary>
    public long Sent => Interlocked.Read(ref _sent);

    /// <summary>These, and what scripts have called.</summary>
    public long Executed => Sent + Interlocked.Read(ref _inScripts);

    public static async Task<CommandMonitor> StartAsync(int port)
    {
        var client = new TcpClient();
        try
        {
            await client.ConnectAsync(IPAddress.Loopback, port);
            var stream = client.GetStream();
            await stream.WriteAsync("MONITOR\r\n"u8.ToArray());
            var lines = new StreamReader(stream);
            var answer = await lines.ReadLineAsync();
            return answer == "+OK" ? new CommandMonitor(client, lines) : throw new BenchException($"MONITOR: {answer}");
        }
        catch
        {
            client.Dispose();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _reading.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    // +1700000000.123456 [0 127.0.0.1:50000] "GET" "key", or [0 lua] for a script's own call
    private async Task ReadAsync(StreamReader lines)
    {
        while (await lines.ReadLineAsync() is { } line)
        {
            var inScript = line.Contains(" lua] ", StringComparison.Ordinal);
            Interlocked.Increment(ref inScript ? ref _inScripts : ref _sent);
        }
    }
}
