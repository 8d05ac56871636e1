using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Dashtam.Jobs.Core.Settings;
using Microsoft.Extensions.Configuration;

namespace Dashtam.Jobs.Core.Hosting;

/// <summary>The port that a process listens on.</summary>
/// <param name="Wanted">What was configured, or the process's default.</param>
/// <param name="Actual">What it listens on; another one only in a local run, when the wanted one is taken.</param>
internal sealed record HttpPort(int Wanted, int Actual)
{
    /// <summary>Reads <c>JOBS_HTTP_PORT</c>; in a local run a taken port is replaced by a free one.</summary>
    public static HttpPort Choose(IConfiguration configuration, int defaultPort, bool mayFallOver)
    {
        var options = new HttpOptions();
        SettingsBinder.Bind(options, configuration);
        var wanted = options.Port ?? defaultPort;
        if (wanted is < 1 or > 65_535)
        {
            throw new InvalidSettingException("JOBS_HTTP_PORT", $"{wanted} is not allowed; allowed is 1 to 65535");
        }

        return new HttpPort(wanted, mayFallOver && !IsFree(wanted) ? AnyFree() : wanted);
    }

    /// <summary>What the web server listens on.</summary>
    public string Url(bool loopbackOnly) =>
        string.Create(CultureInfo.InvariantCulture, $"http://{(loopbackOnly ? "127.0.0.1" : "*")}:{Actual}");

    private static bool IsFree(int port)
    {
        try
        {
            using var listener = new TcpListener(IPAddress.Loopback, port);
            listener.Start();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private static int AnyFree()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
