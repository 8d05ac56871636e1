using StackExchange.Redis;

namespace Dashtam.Jobs.Core.Infrastructure.Redis;

/// <summary>
/// Asks for the roles of the servers as long as one that should be written to is a replica. The library does so by itself once a
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
            while (Array.Exists(_multiplexer.GetServers(), server => server.IsConnected && server.IsReplica));
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
