using Dashtam.Jobs.Core.Execution.Retries;
using Dashtam.Jobs.Core.Execution.Runs;
using Dashtam.Jobs.Core.Execution.Stages;

namespace Dashtam.Jobs.Core.Execution.Pipeline;

/// <summary>What every run goes through, outermost first. This list is the order; it is written nowhere else.</summary>
internal sealed class JobPipeline
{
    private readonly NextStage _run;

    public JobPipeline(
        LoggingStage logging,
        ResultStage result,
        OverlapStage overlap,
        RetryStage retry)
    {
        IRunStage[] outermostFirst =
        [
            logging, // sees how the run really ended, fenced or stored
            result, // writes what the retry policy decided
            overlap, // a run whose schedule has fired again ends, and is not tried again
            retry, // a timeout is tried again like any other failure
        ];

        NextStage next = run => new(run.HandOver()); // the slot calls the handler, and what is around it, within the timeout
        foreach (var stage in Enumerable.Reverse(outermostFirst))
        {
            var inner = next;
            next = run => stage.InvokeAsync(run, inner);
        }

        _run = next;
    }

    /// <summary>Runs a job once and settles it.</summary>
    public ValueTask<JobOutcome> RunAsync(Run run) => _run(run);
}
