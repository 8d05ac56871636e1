using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Dashtam.Jobs.Core.Hosting;

/// <summary>Says where the process listens, above all when it is not where it was looked for.</summary>
internal sealed partial class HttpPortAnnouncement(HttpPort port, ILogger<HttpPortAnnouncement> logger) : IHostedService
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

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    [LoggerMessage(EventName = "http_listening", Level = LogLevel.Information,
        Message = "Health is served on port {HttpPort}: /health/live and /health/ready")]
    private partial void LogListening(int httpPort);

    [LoggerMessage(EventName = "http_port_taken", Level = LogLevel.Warning,
        Message = "Port {WantedPort} (JOBS_HTTP_PORT) is taken; in this local run health is served on {HttpPort} instead")]
    private partial void LogFellOver(int wantedPort, int httpPort);
}
