using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Dashtam.Jobs.Tests.Support;

/// <summary>One <c>redis-server</c> of a topology: a node of a Cluster, a primary, a replica or a Sentinel.</summary>
internal sealed class RedisNode : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("dashtam-redis-");
    private readonly string[] _settings;
    private Process? _process;

    /// <param name="settings">Lines of its configuration file, as <c>cluster-enabled yes</c>; a Sentinel writes into it.</param>
    public RedisNode(params string[] settings)
    {
        _settings = settings;
        Port = LocalCommand.FreePort();
    }

    public int Port { get; }

    public string Endpoint => string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{Port}");

    /// <summary>Where this server keeps its files.</summary>
    public string Folder => _folder.FullName;

    public async Task StartAsync(bool sentinel = false)
    {
        var program = LocalCommand.Find("redis-server");
        var file = Path.Combine(_folder.FullName, "redis.conf");
        string[] common =
        [
            string.Create(CultureInfo.InvariantCulture, $"port {Port}"), "bind 127.0.0.1", $"dir {_folder.FullName}",
            $"logfile {Path.Combine(_folder.FullName, "redis.log")}",
        ];
        await File.WriteAllLinesAsync(file, [.. common, .. _settings]);
        _process = LocalCommand.Start(program, sentinel ? [file, "--sentinel"] : [file]);
        await UntilAsync("PONG", "PING");
    }

    /// <summary>One command over a bare connection: the library's is made for servers, not for what a topology is made of.</summary>
    /// <exception cref="IOException">The connection ended.</exception>
    public async Task<string> CommandAsync(params string[] command)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, Port);
        await using var stream = client.GetStream();
        stream.ReadTimeout = (int)Patience.TotalMilliseconds;
        var request = string.Concat(command.Select(word => $"${Encoding.UTF8.GetByteCount(word)}\r\n{word}\r\n"));
        await stream.WriteAsync(Encoding.UTF8.GetBytes($"*{command.Length}\r\n{request}"));
        using var reader = new StreamReader(stream);
        var line = await reader.ReadLineAsync() ?? throw new IOException("no reply");
        if (line[0] != '$' || !int.TryParse(line.AsSpan(1), CultureInfo.InvariantCulture, out var length) || length < 0)
        {
            return line;
        }

        var text = new char[length];
        await reader.ReadBlockAsync(text);
        return new string(text);
    }

    /// <summary>Asks until the answer holds a text.</summary>
    public async Task UntilAsync(string text, params string[] command)
    {
        var patience = Stopwatch.StartNew();
        var last = "";
        while (true)
        {
            try
            {
                last = await CommandAsync(command);
                if (last.Contains(text, StringComparison.Ordinal))
                {
                    return;
                }
            }
            catch (Exception error) when (error is IOException or SocketException)
            {
                last = error.Message;
            }

            if (patience.Elapsed > Patience)
            {
                throw new TimeoutException($"{Endpoint}: '{string.Join(' ', command)}' never said '{text}', but: {last}");
            }

            await Task.Delay(50);
        }
    }

    public async Task KillAsync()
    {
        if (_process is { HasExited: false })
        {
            _process.Kill();
            await _process.WaitForExitAsync();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        _process?.Dispose();
        _process = null; // the end of the run disposes once more what a test has not
        if (_folder.Exists)
        {
            _folder.Delete(recursive: true);
        }
    }
}
