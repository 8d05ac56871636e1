using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Dashtam.Jobs.Core.Hosting;

/// <summary>Says where the process listens, above all when it is not where it was looked for, and that it has stopped.</summary>
/// <remarks>The first service to start after the web server, and so the last to stop before it.</remarks>
internal sealed partial class ProcessAnnouncement(HttpPort port, ILogger<ProcessAnnouncement> logger) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        if (port.Actual == port.Wanted)
        {
            LogListening(port.Actual);
        }
        else
        {
            LogFellOver(port.Wanted, port.Actual);
        }

        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken)
    {
        LogStopped();
        return Task.CompletedTask;
    }

    [LoggerMessage(EventName = "http_listening", Level = LogLevel.Information,
        Message = "Health is served on port {HttpPort}: /health/live and /health/ready")]
    private partial void LogListening(int httpPort);

    [LoggerMessage(EventName = "process_stopped", Level = LogLevel.Information,
        Message = "Everything has stopped; the process ends")]
    private partial void LogStopped();

    [LoggerMessage(EventName = "http_port_taken", Level = LogLevel.Warning,
        Message = "Port {WantedPort} (JOBS_HTTP_PORT) is taken; this local run serves health on port {HttpPort} "
            + "instead")]
    private partial void LogFellOver(int wantedPort, int httpPort);
}
