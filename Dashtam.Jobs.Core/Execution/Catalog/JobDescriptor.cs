using Dashtam.Jobs.Core.Wire;

namespace Dashtam.Jobs.Core.Execution.Catalog;

/// <summary>A job as declared: what <see cref="JobAttribute"/> says, and how to run it.</summary>
/// <param name="Declaration">What the class declares.</param>
/// <param name="HandlerType">The class.</param>
internal sealed record JobDescriptor(JobAttribute Declaration, Type HandlerType)
{
    public string Name => Declaration.Name;

    /// <summary>The name on the envelopes that this service makes: Python's, where it has one, which every worker knows.</summary>
    public string WireName => Declaration.PythonName ?? Name;

    public TimeSpan Timeout => TimeSpan.FromSeconds(Declaration.TimeoutSeconds);

    /// <summary>Makes the handler from a run's scope, binds the arguments and runs it.</summary>
    /// <exception cref="JobArgumentException">The arguments do not fit the job.</exception>
    public required Func<IServiceProvider, JobContext, JobArguments, CancellationToken, Task<JobSummary>> Invoke { get; init; }
}
