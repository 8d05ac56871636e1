namespace Dashtam.Jobs.Core.Execution.Middlewares;

/// <summary>Runs what comes next: another middleware, or the handler.</summary>
/// <param name="cancellationToken">What the rest of the run is cancelled by: the token that the middleware was given, or one linked to it.</param>
/// <returns>What the rest of the run counted. What it throws is thrown here.</returns>
/// <exception cref="InvalidOperationException">It was called before: each run calls its handler once.</exception>
public delegate Task<JobSummary> JobCall(CancellationToken cancellationToken);
