using System.Net;
using StackExchange.Redis;

namespace Dashtam.Jobs.Core.Infrastructure.Redis;

/// <summary>
/// Asks, once a second while the library has no connection, whether Redis refuses the login. The library itself calls that
/// "SocketClosed", so <see cref="BlockingRedis"/> logs in with the same configuration and reads the answer.
/// </summary>
/// <param name="configuration">Whose login it is.</param>
/// <param name="isConnected">Whether the library has a connection again: there is nothing to ask then.</param>
/// <param name="refused">Told of the server's words each time that it refuses.</param>
/// <param name="admitted">Told when the library has a connection again.</param>
internal sealed class LoginWatch(
    ConfigurationOptions configuration, Func<bool> isConnected, Action<string> refused, Action admitted) : IDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(2);

    private readonly ManualResetEventSlim _stop = new();
    private readonly Lock _lock = new();
    private Thread? _thread;
    private bool _isAsking;

    /// <summary>A connection was lost. Returns at once.</summary>
    public void Ask(EndPoint? server)
    {
        lock (_lock)
        {
            if (server is null || _isAsking || _stop.IsSet)
            {
                return;
            }

            _isAsking = true;
            _thread = new Thread(() => AskUntilConnected(server)) { IsBackground = true, Name = "redis-login" };
            _thread.Start();
        }
    }

    /// <summary>Asks once; the server's words when it refuses, else null. A server that is away costs two seconds at most.</summary>
    public Task<string?> AskOnceAsync(EndPoint server) =>
        Task.Factory.StartNew(() => Refusal(server), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    public void Dispose()
    {
        _stop.Set();
        Thread? thread;
        lock (_lock)
        {
            thread = _thread;
        }

        thread?.Join();
        _stop.Dispose();
    }

    private void AskUntilConnected(EndPoint server)
    {
        while (!_stop.Wait(Interval) && !EndsAsking())
        {
            if (Refusal(server) is { } problem)
            {
                refused(problem);
            }
        }

        if (!_stop.IsSet)
        {
            admitted(); // not every connection that comes is one that the library calls restored
        }
    }

    private string? Refusal(EndPoint server)
    {
        try
        {
            using var connection = BlockingRedis.Open(server, configuration, Deadline);
            return null;
        }
        catch (RedisServerException error) when (RedisFailure.IsCredentials(error.Message))
        {
            return error.Message;
        }
        catch (Exception error) when (RedisFailure.Is(error))
        {
            return null; // it is away, which the library says by itself
        }
    }

    // Under the lock, so that a connection that is lost in this moment is asked for by a thread of its own.
    private bool EndsAsking()
    {
        lock (_lock)
        {
            _isAsking = !isConnected();
            return !_isAsking;
        }
    }
}
