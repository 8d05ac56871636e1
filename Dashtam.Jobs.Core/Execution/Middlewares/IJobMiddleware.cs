using System.Diagnostics.CodeAnalysis;

namespace Dashtam.Jobs.Core.Execution.Middlewares;

/// <summary>
/// Code around the handlers of all jobs. Each run passes it once, within the job's timeout: what it throws is a failure of the run, and is
/// tried again as a handler's error is; a run that it blocks is abandoned. What is registered first is outermost.
/// </summary>
/// <remarks>
/// One instance a run. Its constructor takes what a handler's may; what is scoped is the same for all middlewares and the handler of a run.
/// </remarks>
public interface IJobMiddleware
{
    /// <summary>Acts before, after or instead of what comes next.</summary>
    /// <param name="job">Which run this is.</param>
    /// <param name="next">Runs the rest, at most once. Without it the handler is not called, and the run has succeeded with the summary returned.</param>
    /// <param name="cancellationToken">Cancelled when the handler's is. Pass it on.</param>
    /// <returns>What the run counted: the summary of <paramref name="next"/>, or another one.</returns>
    [SuppressMessage("Naming", "CA1716", Justification = "ASP.NET Core calls it next, too.")]
    Task<JobSummary> InvokeAsync(JobContext job, JobCall next, CancellationToken cancellationToken);
}
