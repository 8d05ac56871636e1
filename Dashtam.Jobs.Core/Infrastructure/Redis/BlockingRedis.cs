using System.Globalization;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using StackExchange.Redis;

namespace Dashtam.Jobs.Core.Infrastructure.Redis;

/// <summary>
/// A connection whose every call blocks its caller's thread and needs no other. StackExchange.Redis 3 reads and writes on the
/// thread pool, its synchronous calls too (tried: with a starved pool all of them time out); a heartbeat must not.
/// </summary>
/// <remarks>Not for several threads at once. After an exception it is of no more use: dispose it and open another.</remarks>
internal sealed class BlockingRedis : IDisposable
{
    private readonly Socket _socket;
    private readonly Stream _stream;
    private readonly RespReader _reader;

    private BlockingRedis(Socket socket, Stream stream)
    {
        _socket = socket;
        _stream = stream;
        _reader = new RespReader(new BufferedStream(stream, bufferSize: 1_024));
    }

    /// <summary>Connects, authenticates and selects the database, as the configuration says.</summary>
    /// <param name="server">Which server.</param>
    /// <param name="configuration">Credentials, TLS, database and the connection's name.</param>
    /// <param name="deadline">How long connecting, and later each call, may take.</param>
    /// <exception cref="RedisException">It cannot be reached, or refuses.</exception>
    public static BlockingRedis Open(EndPoint server, ConfigurationOptions configuration, TimeSpan deadline) => Guard(() =>
    {
        var socket = Connect(server, deadline);
        try
        {
            var connection = new BlockingRedis(socket, Secure(socket, server, configuration));
            connection.Greet(configuration);
            return connection;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    });

    /// <summary>Sends a command and returns its reply: a long, a byte array, an array of these, or null.</summary>
    /// <exception cref="RedisServerException">The server refused.</exception>
    /// <exception cref="RedisConnectionException">The connection is lost; the command may have run.</exception>
    public object? Execute(IReadOnlyList<byte[]> command) => Guard(() =>
    {
        using var request = new MemoryStream();
        Write(request, string.Create(CultureInfo.InvariantCulture, $"*{command.Count}\r\n"));
        foreach (var argument in command)
        {
            Write(request, string.Create(CultureInfo.InvariantCulture, $"${argument.Length}\r\n"));
            request.Write(argument);
            Write(request, "\r\n");
        }

        _stream.Write(request.GetBuffer(), 0, (int)request.Length);
        _stream.Flush();
        return _reader.Read();
    });

    /// <summary>Whether the other side ended the connection, rather than said nothing until the deadline.</summary>
    public static bool WasClosed(RedisConnectionException error) => error.InnerException switch
    {
        EndOfStreamException => true,
        SocketException { SocketErrorCode: var code } => IsClosing(code),
        IOException { InnerException: SocketException { SocketErrorCode: var code } } => IsClosing(code),
        _ => false,
    };

    public void Dispose()
    {
        _stream.Dispose();
        _socket.Dispose();
    }

    private void Greet(ConfigurationOptions configuration)
    {
        if (!string.IsNullOrWhiteSpace(configuration.User)) // also one without a password
        {
            Send(["AUTH", configuration.User, configuration.Password ?? ""]);
        }
        else if (!string.IsNullOrEmpty(configuration.Password))
        {
            Send(["AUTH", configuration.Password]);
        }

        if (!string.IsNullOrEmpty(configuration.ClientName))
        {
            Send(["CLIENT", "SETNAME", configuration.ClientName]);
        }

        if (configuration.DefaultDatabase is > 0 and var database)
        {
            Send(["SELECT", database.ToString(CultureInfo.InvariantCulture)]);
        }
    }

    private void Send(string[] command) => Execute(Array.ConvertAll(command, Encoding.UTF8.GetBytes));

    private static Socket Connect(EndPoint server, TimeSpan deadline)
    {
        SocketException? last = null;
        foreach (var address in Resolve(server))
        {
            var socket = NewSocket(address.AddressFamily);
            try
            {
                Connect(socket, address, deadline);
                return socket;
            }
            catch (SocketException error)
            {
                socket.Dispose();
                last = error;
            }
        }

        throw last ?? new SocketException((int)SocketError.HostNotFound);
    }

    private static Socket NewSocket(AddressFamily family) => family == AddressFamily.Unix
        ? new Socket(family, SocketType.Stream, ProtocolType.Unspecified)
        : new Socket(family, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };

    // A blocking Connect has no deadline, and an asynchronous one ends on the thread pool.
    private static void Connect(Socket socket, EndPoint address, TimeSpan deadline)
    {
        if (address is UnixDomainSocketEndPoint)
        {
            // To this machine: it connects or refuses at once, and on Linux the timeout for sending holds for a full backlog.
            socket.SendTimeout = socket.ReceiveTimeout = (int)deadline.TotalMilliseconds;
            socket.Connect(address);
            return;
        }

        socket.Blocking = false;
        try
        {
            socket.Connect(address);
        }
        catch (SocketException error) when (error.SocketErrorCode is SocketError.WouldBlock or SocketError.InProgress)
        {
            if (!socket.Poll(deadline, SelectMode.SelectWrite))
            {
                throw new SocketException((int)SocketError.TimedOut);
            }

            if ((int)socket.GetSocketOption(SocketOptionLevel.Socket, SocketOptionName.Error)! is not 0 and var code)
            {
                throw new SocketException(code);
            }
        }

        socket.Blocking = true;
        socket.SendTimeout = socket.ReceiveTimeout = (int)deadline.TotalMilliseconds;
    }

    private static IEnumerable<EndPoint> Resolve(EndPoint server) => server switch
    {
        IPEndPoint or UnixDomainSocketEndPoint => [server],
        DnsEndPoint host => Dns.GetHostAddresses(host.Host).Select(address => new IPEndPoint(address, host.Port)),
        _ => throw new NotSupportedException($"{server} is no address of TCP or of a Unix socket."),
    };

    private static Stream Secure(Socket socket, EndPoint server, ConfigurationOptions configuration)
    {
        var plain = new NetworkStream(socket, ownsSocket: false);
        if (!configuration.Ssl)
        {
            return plain;
        }

        var host = configuration.SslHost ?? (server as DnsEndPoint)?.Host ?? ((IPEndPoint)server).Address.ToString();
        var secured = new SslStream(plain);
        secured.AuthenticateAsClient(configuration.SslClientAuthenticationOptions?.Invoke(host)
            ?? new SslClientAuthenticationOptions
            {
                TargetHost = host,
                EnabledSslProtocols = configuration.SslProtocols ?? SslProtocols.None,
                CertificateRevocationCheckMode = configuration.CheckCertificateRevocation
                    ? X509RevocationMode.Online : X509RevocationMode.NoCheck,
            });
        return secured;
    }

    private static bool IsClosing(SocketError code) =>
        code is SocketError.ConnectionReset or SocketError.ConnectionAborted or SocketError.Shutdown or SocketError.NotConnected;

    private static void Write(MemoryStream request, string ascii) => request.Write(Encoding.ASCII.GetBytes(ascii));

    private static T Guard<T>(Func<T> call)
    {
        try
        {
            return call();
        }
        catch (Exception error) when (error is IOException or SocketException or AuthenticationException)
        {
            throw new RedisConnectionException(ConnectionFailureType.SocketFailure, CommandFlags.None, error.Message, error, CommandStatus.Unknown);
        }
    }
}
