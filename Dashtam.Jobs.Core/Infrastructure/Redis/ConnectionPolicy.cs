using System.Net.Sockets;
using StackExchange.Redis;

namespace Dashtam.Jobs.Core.Infrastructure.Redis;

/// <summary>
/// How a connection behaves when Redis comes and goes. The promise is work within two seconds after Redis is back, so all that
/// is waited for here is short; measured in <c>RedisOutageTests</c>.
/// </summary>
internal static class ConnectionPolicy
{
    /// <summary>Placed before what an operator writes into a connection string, which wins.</summary>
    /// <remarks>
    /// <c>connectTimeout</c>: a first packet that was dropped is sent again after 1 s; what hangs longer is begun anew.
    /// <c>$CONFIG=</c>: the library asks for settings that it does not need, and whoever may read them may read passwords.
    /// </remarks>
    public const string Defaults = "connectTimeout=1500,syncTimeout=5000,keepAlive=30,$CONFIG=,";

    /// <summary>
    /// How soon a server's new role is noticed where there are several and no Sentinel announces it: one
    /// <c>INFO replication</c> a second. The library's own default is a minute; for a single server see <see cref="RoleWatch"/>.
    /// </summary>
    private const int RoleCheckSeconds = 1;
    private const int LibraryRoleCheckSeconds = 60;

    /// <summary>
    /// How long a reply is waited for. The worker's waits and its audit are made for this: see <c>ProcessingAudit.SecondLook</c>.
    /// </summary>
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan Pulse = TimeSpan.FromMilliseconds(250);

    /// <summary>Linux' <c>TCP_USER_TIMEOUT</c>, which .NET has no name for.</summary>
    private const int TcpUserTimeout = 18;

    private static readonly MessageBuffers Buffers = new();

    public static void Apply(ConfigurationOptions options, string clientName)
    {
        options.ClientName ??= clientName;
        options.AsyncTimeout = (int)Deadline.TotalMilliseconds;
        options.AbortOnConnectFail = false; // a Redis that is away is waited for
        options.ReconnectRetryPolicy = new LinearRetry((int)Pulse.TotalMilliseconds);
        options.HeartbeatInterval = Pulse; // the library tries again, and notices deadlines, at its pulse only
        if (options.ConfigCheckSeconds == LibraryRoleCheckSeconds && (options.EndPoints.Count > 1 || options.ServiceName is not null))
        {
            options.ConfigCheckSeconds = RoleCheckSeconds;
        }

        options.RequestBufferPool = Buffers;
        options.ResponseBufferPool = Buffers;
        options.CircuitBreaker = new DeadSocketBreaker();
        options.BeforeSocketConnect = (_, _, socket) => LimitUnacknowledged(socket);
        options.TieBreaker = ""; // a key of the library's own that nobody here writes: no permission for it
        options.SetClientLibrary = false; // CLIENT SETINFO is younger than Redis 7.0, whose users cannot be allowed it
        options.BacklogPolicy = BacklogPolicy.FailFast; // what waits in a backlog might run long after its caller has given up
        options.AllowAdmin = true; // CLIENT KILL ends a waiter whose reply may be lost
        options.IncludeDetailInExceptions = false; // counters of thread pools tell an operator nothing, and hide what was wrong
    }

    /// <summary>
    /// What a host that vanished does not acknowledge ends the connection at the deadline; by default the kernel repeats it for
    /// a quarter of an hour, and keep-alives are silent meanwhile.
    /// </summary>
    private static void LimitUnacknowledged(Socket socket)
    {
        if (OperatingSystem.IsLinux() && socket.ProtocolType == ProtocolType.Tcp)
        {
            socket.SetRawSocketOption(
                (int)SocketOptionLevel.Tcp, TcpUserTimeout, BitConverter.GetBytes((int)Deadline.TotalMilliseconds));
        }
    }
}
