#if EMBEDDED_REDIS
using System.Globalization;
using System.Net.Sockets;
using Dashtam.Jobs.Core.Infrastructure;
using Dashtam.Jobs.Core.Settings;
using Garnet;
using Microsoft.Extensions.Logging.Abstractions;

namespace Dashtam.Jobs.Scheduler.LocalRun;

/// <summary>
/// A Redis-compatible server in this process, on loopback, for a run on a laptop; its data live in memory. Never part of a
/// Release build.
/// </summary>
internal sealed partial class EmbeddedRedis(LocalMode local, ILogger<EmbeddedRedis> logger) : IHostedService, IDisposable
{
    private GarnetServer? _server;

    /// <exception cref="InvalidSettingException">The port is taken.</exception>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        try
        {
            // It takes half a second and blocks.
            _server = await Task.Run(() => Start(local.RedisPort), cancellationToken);
            LogStarted(local.RedisPort);
        }
        catch (Exception error) when (error.GetBaseException() is SocketException)
        {
            throw new InvalidSettingException(
                "JOBS_REDIS_PORT",
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"port {local.RedisPort} is taken, perhaps by another scheduler; allowed is a free port, the same for "
                    + $"scheduler and worker"));
        }
    }

    // Ended with the container of services, after everything that uses it has stopped.
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose() => _server?.Dispose();

    private static GarnetServer Start(int port)
    {
        var server = new GarnetServer(
            [
                "--port", port.ToString(CultureInfo.InvariantCulture), "--bind", "127.0.0.1",
                "--lua", "--lua-transaction-mode", "true",
                "--memory", "256m", "--index", "16m", "-q",
            ],
            NullLoggerFactory.Instance); // its own lines are no JSON, and of no use to who runs a job
        server.Start();
        return server;
    }

    [LoggerMessage(EventName = "embedded_redis_started", Level = LogLevel.Information,
        Message = "Local run: a Redis is embedded on 127.0.0.1:{RedisPort} (Garnet, in memory: the queue ends with this process). "
            + "It has no streams (SSE_ENABLE_RETENTION), no WAITAOF and no replicas (JOBS_SCHEDULE_DURABILITY), no users, and no "
            + "maxmemory (JOBS_ENQUEUE_MEMORY_LIMIT_PERCENT). For these, set REDIS_URL")]
    private partial void LogStarted(int redisPort);
}
#endif
