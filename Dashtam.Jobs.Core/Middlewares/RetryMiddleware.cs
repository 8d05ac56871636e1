using Dashtam.Jobs.Core.Execution;

namespace Dashtam.Jobs.Core.Middlewares;

/// <summary>Decides whether a run that failed is followed by another, and when.</summary>
internal sealed class RetryMiddleware(Backoff backoff) : IJobMiddleware
{
    public async ValueTask<JobOutcome> InvokeAsync(JobRun run, JobDelegate next)
    {
        var outcome = await next(run);
        var mayRetry = outcome is JobOutcome.Failed { MayRetry: true } or JobOutcome.TimedOut;
        if (!mayRetry || run.Context.Attempt >= run.Context.MaxAttempts)
        {
            return outcome;
        }

        // TaskIQ's SmartRetry names its pause in a label; who sent one meant it.
        var delay = run.Envelope.Labels.Delay ?? backoff.Next(run.Context.Attempt);
        return new JobOutcome.Retried(outcome, delay);
    }
}
