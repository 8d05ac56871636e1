using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Dashtam.Jobs.Core.Settings;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace Dashtam.Jobs.Core.Hosting;

/// <summary>
/// The port that a process listens on, and the socket that holds it. The socket listens before anything else starts: a process
/// that cannot have its port must not have fired or fetched anything.
/// </summary>
internal sealed class HttpPort : IDisposable
{
    private readonly IPAddress _address;
    private Socket? _socket;

    private HttpPort(IPAddress address, int port)
    {
        _address = address;
        Wanted = port;
        Actual = port;
    }

    /// <summary>What was configured, or the process's default.</summary>
    public int Wanted { get; }

    /// <summary>What the process listens on; another port only in a local run, when the wanted one is taken.</summary>
    public int Actual { get; private set; }

    /// <summary>What the web server is told.</summary>
    public IPEndPoint EndPoint => new(_address, Actual);

    /// <summary>Reads the settings; in a local run a taken port is replaced by a free one, and held from then on.</summary>
    /// <exception cref="OptionsValidationException">A setting is no port or no address.</exception>
    public static HttpPort Choose(IConfiguration configuration, int defaultPort, bool mayFallOver)
    {
        var options = new HttpOptions();
        SettingsBinder.Bind(options, configuration);
        var port = new HttpPort(options.Address, options.Port ?? defaultPort);
        if (mayFallOver)
        {
            port.TakeAny();
        }

        return port;
    }

    /// <summary>The socket, which listens from the first call on.</summary>
    /// <exception cref="InvalidSettingException">Nothing can listen there.</exception>
    public Socket Listen()
    {
        try
        {
            return _socket ??= Open(_address, Actual);
        }
        catch (SocketException error)
        {
            throw Refused(error);
        }
    }

    public void Dispose() => _socket?.Dispose();

    private static Socket Open(IPAddress address, int port)
    {
        try
        {
            return Listening(address, port);
        }
        catch (SocketException error) when (IPAddress.IPv6Any.Equals(address) && error.SocketErrorCode
            is SocketError.AddressFamilyNotSupported or SocketError.AddressNotAvailable or SocketError.ProtocolNotSupported)
        {
            return Listening(IPAddress.Any, port); // a machine without IPv6
        }
    }

    private static Socket Listening(IPAddress address, int port)
    {
        var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            if (IPAddress.IPv6Any.Equals(address))
            {
                socket.DualMode = true;
            }

            socket.Bind(new IPEndPoint(address, port));
            socket.Listen(); // Linux lets two sockets bind a port, as long as neither listens
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private void TakeAny()
    {
        try
        {
            _socket = Open(_address, Wanted);
        }
        catch (SocketException error) when (error.SocketErrorCode is SocketError.AddressAlreadyInUse or SocketError.AccessDenied)
        {
            Actual = 0;
            Listen();
        }
        catch (SocketException)
        {
            return; // told when the process starts
        }

        Actual = ((IPEndPoint)_socket!.LocalEndPoint!).Port;
    }

    private InvalidSettingException Refused(SocketException error) => error.SocketErrorCode switch
    {
        SocketError.AddressAlreadyInUse => new InvalidSettingException("JOBS_HTTP_PORT", string.Create(
            CultureInfo.InvariantCulture, $"port {Wanted} is taken; allowed is a port that no other process listens on")),
        SocketError.AccessDenied => new InvalidSettingException("JOBS_HTTP_PORT", string.Create(
            CultureInfo.InvariantCulture,
            $"port {Wanted} is not allowed to this user; allowed without further rights is usually a port from 1024 on")),
        SocketError.AddressNotAvailable or SocketError.AddressFamilyNotSupported or SocketError.InvalidArgument =>
            new InvalidSettingException(
                "JOBS_HTTP_BIND", $"{_address} is no address of this machine; allowed is an IP address of this machine, or * for all of them"),
        _ => new InvalidSettingException("JOBS_HTTP_PORT", string.Create(
            CultureInfo.InvariantCulture, $"nothing can listen on {_address}, port {Wanted}: {error.Message}")),
    };
}
