namespace Dashtam.Jobs.Core.Execution.Runs;

/// <summary>The next stage of a run.</summary>
internal delegate ValueTask<JobOutcome> JobDelegate(JobRun run);

/// <summary>Wraps every run. It returns an outcome and does not throw.</summary>
internal interface IJobMiddleware
{
    /// <summary>Calls <paramref name="next"/> and may act on, or replace, its outcome.</summary>
    ValueTask<JobOutcome> InvokeAsync(JobRun run, JobDelegate next);
}
