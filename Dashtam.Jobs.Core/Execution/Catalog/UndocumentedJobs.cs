using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Dashtam.Jobs.Core.Execution.Catalog;

/// <summary>Names at the start of a run in Development the jobs whose doc comments are not whole: their author is looking at the log.</summary>
internal sealed partial class UndocumentedJobs(JobCatalog catalog, IHostEnvironment environment, ILogger<UndocumentedJobs> logger)
    : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        if (environment.IsDevelopment() && JobDocstring.Load() is { } docs)
        {
            foreach (var problem in catalog.Jobs.Select(job => JobDocstring.Problem(job.HandlerType, docs)).OfType<string>())
            {
                LogUndocumented(problem);
            }
        }

        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    [LoggerMessage(EventName = "job_undocumented", Level = LogLevel.Warning, Message = "The tests will refuse a job: {Problem}")]
    private partial void LogUndocumented(string problem);
}
