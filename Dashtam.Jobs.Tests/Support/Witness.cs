using System.Collections.Concurrent;
using Dashtam.Jobs.Core.Execution;
using Dashtam.Jobs.Core.Execution.Middlewares;

namespace Dashtam.Jobs.Tests.Support;

/// <summary>What a middleware has seen of runs.</summary>
internal sealed class Seen
{
    /// <summary>A line for each run that it saw begin.</summary>
    public ConcurrentQueue<string> Begun { get; } = [];

    /// <summary>How each of them ended there.</summary>
    public ConcurrentQueue<string> Ended { get; } = [];
}

/// <summary>A user's middleware that writes down what it sees.</summary>
internal sealed class Witness(Seen seen) : IJobMiddleware
{
    public async Task<JobSummary> InvokeAsync(JobContext job, JobCall next, CancellationToken cancellationToken)
    {
        seen.Begun.Enqueue(job.TaskId);
        try
        {
            var summary = await next(cancellationToken);
            seen.Ended.Enqueue("returned");
            return summary;
        }
        catch (Exception error)
        {
            seen.Ended.Enqueue(error.GetType().Name);
            throw;
        }
    }
}
