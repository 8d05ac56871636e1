using Dashtam.Jobs.Core.Execution.Retries;
using Dashtam.Jobs.Core.Execution.Runs;
using Dashtam.Jobs.Core.Execution.Stages;
using Dashtam.Jobs.Core.Execution.Timeouts;

namespace Dashtam.Jobs.Core.Execution.Pipeline;

/// <summary>What every run goes through, outermost first. This list is the order; it is written nowhere else.</summary>
internal sealed class JobPipeline
{
    private readonly JobDelegate _run;

    public JobPipeline(
        LoggingMiddleware logging,
        ResultMiddleware result,
        OverlapMiddleware overlap,
        RetryMiddleware retry,
        TimeoutMiddleware timeout,
        HandlerStage handler)
    {
        IJobMiddleware[] outermostFirst =
        [
            logging, // sees how the run really ended, fenced or stored
            result, // writes what the retry policy decided
            overlap, // a run whose schedule has fired again ends, and is not tried again
            retry, // a timeout is tried again like any other failure
            timeout, // cancels the handler alone
        ];

        JobDelegate next = handler.RunAsync;
        foreach (var middleware in Enumerable.Reverse(outermostFirst))
        {
            var inner = next;
            next = run => middleware.InvokeAsync(run, inner);
        }

        _run = next;
    }

    /// <summary>Runs a job once and settles it.</summary>
    public ValueTask<JobOutcome> RunAsync(JobRun run) => _run(run);
}
