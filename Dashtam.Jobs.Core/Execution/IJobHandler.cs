namespace Dashtam.Jobs.Core.Execution;

/// <summary>
/// The code of a job that takes no arguments. One instance a run. When its constructor takes anything but singletons without a key,
/// the run has a dependency injection scope of its own, which ends with the run, and disposes what is scoped or transient in it.
/// </summary>
/// <remarks>The instance itself is not disposed: what must be is a scoped dependency of it.</remarks>
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
