using Dashtam.Jobs.Core.Queue;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Dashtam.Jobs.Core.Settings;

/// <summary>Says at the start which variables still work and have a successor.</summary>
internal sealed partial class OldSettings(IOptions<QueueOptions> queue, ILogger<OldSettings> logger) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        if (queue.Value is { BareKey: { } value, OfBareKey: { } meaning })
        {
            LogDeprecated("JOB_RESULT_BARE_KEY", $"{value}".ToUpperInvariant(), $"JOBS_TASKIQ_RESULTS={meaning}".ToUpperInvariant());
        }

        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    [LoggerMessage(EventName = "setting_deprecated", Level = LogLevel.Warning,
        Message = "{Variable}={Value} still works, but has a successor. Set {Successor} instead, and remove "
            + "{Variable}")]
    private partial void LogDeprecated(string variable, string value, string successor);
}
