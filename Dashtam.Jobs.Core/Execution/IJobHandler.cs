namespace Dashtam.Jobs.Core.Execution;

/// <summary>The code of a job that takes no arguments. One instance a run, from the run's own dependency injection scope.</summary>
public interface IJobHandler
{
    /// <summary>Runs the job once.</summary>
    /// <param name="job">Which run this is.</param>
    /// <param name="cancellationToken">Cancelled at the job's timeout, at the end of a drain, and when the worker lost the job.</param>
    /// <returns>What the job counted.</returns>
    Task<JobSummary> RunAsync(JobContext job, CancellationToken cancellationToken);
}

/// <summary>The code of a job that takes arguments.</summary>
/// <typeparam name="TArguments">
/// A record whose properties are the keyword arguments in snake_case. Positional arguments fill them in order. An argument
/// that is unknown, missing though required, or of the wrong type ends the job with a <c>TypeError</c>, without a retry.
/// </typeparam>
public interface IJobHandler<in TArguments>
    where TArguments : class
{
    /// <inheritdoc cref="IJobHandler.RunAsync"/>
    Task<JobSummary> RunAsync(JobContext job, TArguments arguments, CancellationToken cancellationToken);
}
