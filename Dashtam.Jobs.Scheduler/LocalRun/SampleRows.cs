using Dashtam.Jobs.Core.Infrastructure;
using Dashtam.Jobs.Core.Infrastructure.Database;

namespace Dashtam.Jobs.Scheduler.LocalRun;

/// <summary>Makes the sample database anew, so that its rows expire soon.</summary>
internal sealed partial class SampleRows(LocalMode local, TimeProvider time, ILogger<SampleRows> logger) : IHostedService
{
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await SampleDatabase.CreateAsync(local.DatabasePath, time.GetUtcNow(), cancellationToken);
        LogCreated(local.DatabasePath);
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    [LoggerMessage(EventName = "sample_database_created", Level = LogLevel.Information,
        Message = "Local run: sample rows that expire soon are in {Database}")]
    private partial void LogCreated(string database);
}
