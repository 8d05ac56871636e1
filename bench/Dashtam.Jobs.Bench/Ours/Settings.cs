using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Dashtam.Jobs.Bench.Ours;

/// <summary>The settings of our own processes: the defaults, but for these.</summary>
internal static class Settings
{
    public static void Set(string redis)
    {
        Environment.SetEnvironmentVariable("REDIS_URL", redis);
        Environment.SetEnvironmentVariable("DATABASE_URL", "postgresql://nobody@127.0.0.1:1/none"); // no job here asks it
        Environment.SetEnvironmentVariable("LOG_LEVEL", "WARNING");
        Environment.SetEnvironmentVariable("JOBS_HTTP_PORT", FreePort().ToString(CultureInfo.InvariantCulture));
    }

    /// <summary>A port of loopback that was free a moment ago.</summary>
    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
