using Dashtam.Jobs.Core.Wire;

namespace Dashtam.Jobs.Core.Execution;

/// <summary>What a run may know of itself.</summary>
/// <param name="TaskId">The id that the producer gave it; any text.</param>
/// <param name="JobName">The job's own name, also when the producer used the long Python one.</param>
/// <param name="Attempt">1 for the first run.</param>
/// <param name="MaxAttempts">Runs in all, this one included.</param>
/// <param name="Worker">The name under which the worker holds the job.</param>
/// <param name="Labels">The envelope's labels.</param>
public sealed record JobContext(
    string TaskId, string JobName, int Attempt, int MaxAttempts, string Worker, JobLabels Labels);
