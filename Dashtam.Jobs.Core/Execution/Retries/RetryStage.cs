using Dashtam.Jobs.Core.Execution.Runs;

namespace Dashtam.Jobs.Core.Execution.Retries;

/// <summary>Lets a run that failed be followed by another, as the policy says.</summary>
internal sealed class RetryStage(RetryPolicy policy) : IRunStage
{
    public async ValueTask<JobOutcome> InvokeAsync(Run run, NextStage next)
    {
        var outcome = await next(run);
        return outcome is JobOutcome.Failed { MayRetry: true } or JobOutcome.TimedOut ? policy.Next(run, outcome) : outcome;
    }
}
