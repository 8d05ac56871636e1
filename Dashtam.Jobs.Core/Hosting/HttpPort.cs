using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Dashtam.Jobs.Core.Settings;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace Dashtam.Jobs.Core.Hosting;

/// <summary>The port that a process listens on.</summary>
/// <param name="Wanted">What was configured, or the process's default.</param>
/// <param name="Actual">What it listens on; another one only in a local run, when the wanted one is taken.</param>
/// <param name="Bound">In a local run the socket that holds the port, so that nobody takes it before the server starts.</param>
internal sealed record HttpPort(int Wanted, int Actual, Socket? Bound = null)
{
    /// <summary>Reads <c>JOBS_HTTP_PORT</c>; in a local run a taken port is replaced by a free one.</summary>
    /// <exception cref="OptionsValidationException">It is no port.</exception>
    public static HttpPort Choose(IConfiguration configuration, int defaultPort, bool mayFallOver)
    {
        var options = new HttpOptions();
        SettingsBinder.Bind(options, configuration);
        var wanted = options.Port ?? defaultPort;
        if (!mayFallOver)
        {
            return new HttpPort(wanted, wanted);
        }

        var socket = TryListen(wanted) ?? TryListen(0);
        return new HttpPort(wanted, (socket?.LocalEndPoint as IPEndPoint)?.Port ?? wanted, socket);
    }

    /// <summary>What the web server listens on.</summary>
    public string Url(bool loopbackOnly) =>
        string.Create(CultureInfo.InvariantCulture, $"http://{(loopbackOnly ? "127.0.0.1" : "*")}:{Actual}");

    private static Socket? TryListen(int port)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Bind(new IPEndPoint(IPAddress.Loopback, port));
            socket.Listen(); // Linux lets two sockets bind a port, as long as neither listens
            return socket;
        }
        catch (SocketException)
        {
            socket.Dispose();
            return null;
        }
    }
}
