using StackExchange.Redis;

namespace Dashtam.Jobs.Core.Infrastructure.Redis;

/// <summary>
/// Asks for the roles of the servers as long as all that are connected are replicas. The library does so by itself once a
/// minute, or once a second where there are several servers: for a single one that would be most of what an idle worker sends.
/// </summary>
internal sealed class RoleWatch
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private readonly ConnectionMultiplexer _multiplexer;
    private int _asking;

    private RoleWatch(ConnectionMultiplexer multiplexer) => _multiplexer = multiplexer;

    /// <summary>Begins to listen for what tells of a change: refused writes, waits that Redis has ended, new connections.</summary>
    public static void Begin(ConnectionMultiplexer multiplexer)
    {
        var watch = new RoleWatch(multiplexer);
        multiplexer.ConnectionRestored += (_, _) => watch.Ask();
        multiplexer.ErrorMessage += (_, error) =>
        {
            if (error.Message.StartsWith("READONLY", StringComparison.Ordinal)
                || error.Message.StartsWith("UNBLOCKED", StringComparison.Ordinal))
            {
                watch.Ask();
            }
        };
    }

    // A replica beside its primary is as it should be: asking on because of it would never end.
    private static bool NoneCanBeWritten(IServer[] servers)
    {
        var connected = Array.FindAll(servers, server => server.IsConnected);
        return connected.Length > 0 && Array.TrueForAll(connected, server => server.IsReplica);
    }

    private void Ask()
    {
        if (Interlocked.Exchange(ref _asking, 1) == 0)
        {
            _ = AskAsync();
        }
    }

    private async Task AskAsync()
    {
        try
        {
            do
            {
                await _multiplexer.ConfigureAsync();
                await Task.Delay(Interval);
            }
            while (NoneCanBeWritten(_multiplexer.GetServers()));
        }
        catch (Exception error) when (RedisFailure.Is(error) || error is ObjectDisposedException)
        {
            // The connection that comes next asks again.
        }
        finally
        {
            Volatile.Write(ref _asking, 0);
        }
    }
}
